package heddle.tests.onnx.operator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import com.google.protobuf.ByteString;
import heddle.compiler.ir.NdArray;
import heddle.compiler.type.DType;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Reference;
import heddle.tests.onnx.file.GraphWriter;
import heddle.tests.onnx.file.OnnxRuntimeSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model of one node, which Heddle's reference and ONNX Runtime both run. Operands are given in order. */
final class OneNode {
    private static final double CLOSE = 2e-6;

    private final int opset;
    private final NodeProto.Builder node;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("one_node");
    private int given;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();

    OneNode(String operator, int opset) {
        this.opset = opset;
        this.node = NodeProto.newBuilder().setOpType(operator).setName("node");
        results(1);
    }

    /** An operand that a run gives. Its lengths are numbers, or names in their place. */
    OneNode input(Tensor value, Object... lengths) {
        return inputOf(onnxType(value.dtype()), value, lengths);
    }

    /** The same for an element type that the language has none of its own for. */
    OneNode inputOf(int onnxType, Tensor value, Object... lengths) {
        String name = "x" + node.getInputCount();
        Object[] shape = lengths.length > 0
                ? lengths
                : Arrays.stream(value.shape()).boxed().toArray();
        graph.addInput(declared(name, onnxType, shape));
        inputs.put(name, value);
        node.addInput(name);
        return this;
    }

    /** An operand that is in the file. */
    OneNode constant(Tensor value) {
        return constant(proto(value));
    }

    /** The same for an element type that the language has none of its own for. */
    OneNode constant(TensorProto value) {
        String name = "c" + node.getInputCount();
        graph.addInitializer(value.toBuilder().setName(name));
        node.addInput(name);
        return this;
    }

    OneNode constant(float... values) {
        return constant(Tensor.of(values, values.length));
    }

    OneNode constant(long... values) {
        return constant(Tensor.of(values, values.length));
    }

    OneNode scalar(long value) {
        return constant(Tensor.of(new long[] {value}));
    }

    OneNode scalar(float value) {
        return constant(Tensor.of(new float[] {value}));
    }

    OneNode absent() {
        node.addInput("");
        return this;
    }

    OneNode attr(String name, Object value) {
        if (value instanceof float[] numbers) {
            AttributeProto.Builder a =
                    AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS);
            for (float n : numbers) {
                a.addFloats(n);
            }
            node.addAttribute(a);
        } else {
            node.addAttribute(GraphWriter.attr(name, value));
        }
        return this;
    }

    OneNode results(int count) {
        node.clearOutput();
        for (int i = 0; i < count; i++) {
            node.addOutput("y" + i);
        }
        return this;
    }

    /** The element type of a result in ONNX, where it is not the one that Heddle holds it in. */
    OneNode gives(int onnxType) {
        given = onnxType;
        return this;
    }

    /** Asserts that both compute the same, but for rounding. */
    void agrees() {
        agrees(CLOSE);
    }

    /** @param tolerance of an element, relative to one or to the greatest element if that is more */
    void agrees(double tolerance) {
        GraphProto.Builder whole = graph.clone().addNode(node);
        node.getOutputList()
                .forEach(name -> whole.addOutput(ValueInfoProto.newBuilder().setName(name)));
        agree(whole, opset, inputs, given, tolerance);
    }

    /**
     * Asserts that a graph computes the same with both.
     *
     * @param graph whose outputs have names alone
     * @param given the element type of its outputs; 0 for those in which Heddle holds them
     */
    static void agree(GraphProto.Builder graph, int opset, Map<String, Tensor> inputs, int given, double tolerance) {
        try {
            Path folder = Files.createTempDirectory("one-node");
            Path file = folder.resolve("model.onnx");
            Files.write(file, model(graph, opset).toByteArray());
            HeddleModel model = Heddle.model(file);
            String source = model.source().text().text();
            List<NdArray> actual = List.copyOf(Reference.run(model, model.weights(CompileOptions.defaults()), inputs)
                    .values());
            for (int i = 0; i < actual.size(); i++) {
                int type = given != 0 ? given : onnxType(actual.get(i).dtype());
                graph.setOutput(i, declared(graph.getOutput(i).getName(), type, Optional.<TensorShapeProto>empty()));
            }
            Files.write(file, model(graph, opset).toByteArray());
            try (OnnxRuntimeSession session = OnnxRuntimeSession.asWritten(file)) {
                compare(List.copyOf(session.run(inputs).values()), actual, tolerance, source);
            }
            Files.delete(file);
            Files.delete(folder);
        } catch (IOException | OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ModelProto model(GraphProto.Builder graph, int opset) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
                .setGraph(graph)
                .build();
    }

    private static void compare(List<Tensor> expected, List<NdArray> actual, double tolerance, String source) {
        assertEquals(expected.size(), actual.size(), source);
        for (int i = 0; i < expected.size(); i++) {
            assertClose(Reference.array(expected.get(i)), actual.get(i), tolerance, source);
        }
    }

    private static void assertClose(NdArray expected, NdArray actual, double tolerance, String source) {
        assertEquals(expected.dtype(), actual.dtype(), source);
        assertArrayEquals(expected.shape(), actual.shape(), source);
        double scale = Arrays.stream(expected.data())
                .filter(Double::isFinite)
                .map(Math::abs)
                .reduce(1, Math::max);
        for (int i = 0; i < expected.data().length; i++) {
            double e = expected.data()[i];
            double a = actual.data()[i];
            boolean isSame = Double.compare(e + 0.0, a + 0.0) == 0 || Math.abs(e - a) <= tolerance * scale;
            assertTrue(isSame, "element " + i + " is " + a + ", and with ONNX Runtime " + e + "\n" + source);
        }
    }

    private static ValueInfoProto declared(String name, int onnxType, Object... lengths) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object length : lengths) {
            if (length instanceof Number n) {
                shape.addDimBuilder().setDimValue(n.longValue());
            } else {
                shape.addDimBuilder().setDimParam((String) length);
            }
        }
        return declared(name, onnxType, Optional.of(shape.build()));
    }

    private static ValueInfoProto declared(String name, int onnxType, Optional<TensorShapeProto> shape) {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(onnxType);
        shape.ifPresent(tensor::setShape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** An input as large as a tensor, or with these lengths. */
    static ValueInfoProto declared(String name, Tensor value, Object... lengths) {
        Object[] shape = lengths.length > 0
                ? lengths
                : Arrays.stream(value.shape()).boxed().toArray();
        return declared(name, onnxType(value.dtype()), shape);
    }

    static TensorProto proto(Tensor value) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * value.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < value.size(); i++) {
            switch (value.storage()) {
                case float[] a -> {
                    if (value.dtype() == DType.F32) {
                        bytes.putFloat(a[i]);
                    } else {
                        bytes.putShort(Float.floatToFloat16(a[i]));
                    }
                }
                case double[] a -> bytes.putDouble(a[i]);
                case long[] a -> bytes.putLong(a[i]);
                case int[] a -> bytes.putInt(a[i]);
                case boolean[] a -> bytes.put((byte) (a[i] ? 1 : 0));
                default -> throw new IllegalArgumentException(value.dtype().toString());
            }
        }
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setDataType(onnxType(value.dtype()))
                .setRawData(ByteString.copyFrom(bytes.flip()));
        Arrays.stream(value.shape()).forEach(proto::addDims);
        return proto.build();
    }

    private static int onnxType(DType dtype) {
        return switch (dtype) {
            case F32 -> TensorProto.DataType.FLOAT_VALUE;
            case F64 -> TensorProto.DataType.DOUBLE_VALUE;
            case F16 -> TensorProto.DataType.FLOAT16_VALUE;
            case BF16 -> TensorProto.DataType.BFLOAT16_VALUE;
            case I32 -> TensorProto.DataType.INT32_VALUE;
            case I64 -> TensorProto.DataType.INT64_VALUE;
            case BOOL -> TensorProto.DataType.BOOL_VALUE;
        };
    }
}
