package heddle.bench;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Map;

/** Writes small ONNX models whose tensors are of f32. */
final class OnnxText {
    private static final int OPSET = 23;

    /** The operators that ONNX Runtime has beside those of ONNX. */
    static final String CONTRIBUTED = "com.microsoft";

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");

    OnnxText input(String name, long... shape) {
        graph.addInput(tensor(name, shape));
        return this;
    }

    OnnxText output(String name, long... shape) {
        graph.addOutput(tensor(name, shape));
        return this;
    }

    private static ValueInfoProto tensor(String name, long... shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (long d : shape) {
            dims.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d));
        }
        TypeProto.Tensor type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                .setShape(dims)
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    /** A node with one result. */
    OnnxText node(String op, String result, String... operands) {
        return node("", op, Map.of(), result, operands);
    }

    /**
     * A node with one result.
     *
     * @param domain     of its operator; empty for those of ONNX
     * @param attributes whole numbers, by name
     */
    OnnxText node(String domain, String op, Map<String, Integer> attributes, String result, String... operands) {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setName(result)
                .setDomain(domain)
                .setOpType(op)
                .addAllInput(List.of(operands))
                .addOutput(result);
        attributes.forEach((name, value) -> node.addAttribute(AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)));
        graph.addNode(node);
        return this;
    }

    /** The model as a file's bytes. */
    byte[] model() {
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(CONTRIBUTED).setVersion(1))
                .build()
                .toByteArray();
    }
}
