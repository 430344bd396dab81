package heddle.runtime.onnx;

import static heddle.runtime.onnx.OnnxFiles.attribute;
import static heddle.runtime.onnx.OnnxFiles.graph;
import static heddle.runtime.onnx.OnnxFiles.model;
import static heddle.runtime.onnx.OnnxFiles.node;
import static heddle.runtime.onnx.OnnxFiles.tensor;
import static heddle.runtime.onnx.OnnxFiles.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
    @TempDir
    Path dir;

    private OnnxModel read(ModelProto.Builder model) throws IOException {
        return OnnxModel.read(Files.write(dir.resolve("m.onnx"), model.build().toByteArray()));
    }

    private static List<String> labels(OnnxModel model) {
        return model.graph().nodes().stream().map(OnnxNode::label).toList();
    }

    @Test
    void aFileIsReadAsItIs() throws IOException {
        GraphProto.Builder graph = graph(
                        node("Softmax", "p", "x")
                                .addAttribute(attribute("axis", -1))
                                .setDomain("ai.onnx"),
                        node("Gelu", "y", "p").setDomain("com.microsoft"))
                .addInput(value("x", 2, 3))
                .addInput(value("w", 3))
                .addOutput(value("y"))
                .addInitializer(tensor("w", DataType.FLOAT, 3)
                        .addFloatData(1)
                        .addFloatData(2)
                        .addFloatData(3));
        OnnxModel model = read(model(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder()
                        .setDomain("com.microsoft")
                        .setVersion(1)));
        assertEquals("pytorch 2.0.1", model.producer());
        assertEquals(Map.of("", 17, "com.microsoft", 1), model.opsets());
        assertEquals(
                List.of("x"), model.graph().inputs().stream().map(i -> i.name()).toList());
        OnnxNode softmax = model.graph().nodes().getFirst();
        assertEquals("Softmax", softmax.qualifiedOperator());
        assertEquals(Optional.of(new OnnxAttribute.Int(-1)), softmax.attribute("axis"));
        assertEquals("com.microsoft.Gelu", model.graph().nodes().getLast().qualifiedOperator());
        assertArrayEquals(
                new float[] {1, 2, 3},
                OnnxElements.read(model.tensors().get("w")).floats());
    }

    @Test
    void nodesAreSortedAndStayInTheirOrderOtherwise() throws IOException {
        GraphProto.Builder graph = graph(
                        node("Add", "c", "b", "a"),
                        node("Relu", "z", "x"),
                        node("Relu", "a", "x"),
                        node("Relu", "b", "a"))
                .addInput(value("x", 1))
                .addOutput(value("c"));
        assertEquals(List.of("/z", "/a", "/b", "/c"), labels(read(model(graph))));
    }

    @Test
    void innerGraphsAreReadAndWhatTheyCaptureComesBefore() throws IOException {
        GraphProto.Builder inner = graph(node("Add", "sum", "x", "late")).addOutput(value("sum"));
        GraphProto.Builder graph = graph(
                        node("If", "y", "c").addAttribute(attribute("then_branch", inner)), node("Relu", "late", "x"))
                .addInput(value("x", 1))
                .addInput(value("c"))
                .addOutput(value("y"));
        OnnxModel model = read(model(graph));
        assertEquals(List.of("/late", "/y"), labels(model));
        OnnxAttribute.GraphValue branch = (OnnxAttribute.GraphValue)
                model.graph().nodes().getLast().attribute("then_branch").orElseThrow();
        assertEquals("/sum", branch.value().nodes().getFirst().label());
    }

    @Test
    void lengthsAreNumbersNamesOrNeither() throws IOException {
        GraphProto.Builder graph =
                graph(node("Relu", "y", "x")).addInput(value("x", 4, -1)).addOutput(value("y"));
        graph.getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .addDimBuilder()
                .setDimParam("N");
        List<OnnxGraph.DeclaredLength> lengths =
                read(model(graph)).graph().inputs().getFirst().shape().orElseThrow();
        assertEquals(
                List.of(
                        new OnnxGraph.DeclaredLength(Optional.of(4L), Optional.empty()),
                        new OnnxGraph.DeclaredLength(Optional.empty(), Optional.empty()),
                        new OnnxGraph.DeclaredLength(Optional.empty(), Optional.of("N"))),
                lengths);
    }

    @Test
    void largeTensorsAreReadInPlaceAndConstantsAreNamedAfterTheirResults() throws IOException {
        int length = 100_000;
        ByteBuffer raw = ByteBuffer.allocate(4 * length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < length; i++) {
            raw.putFloat(i);
        }
        ByteString bytes = ByteString.copyFrom(raw.flip());
        AttributeProto.Builder value = AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(tensor("", DataType.FLOAT, length).setRawData(bytes));
        GraphProto.Builder graph = graph(node("Constant", "c").addAttribute(value), node("Add", "y", "c", "w"))
                .addOutput(value("y"))
                .addInitializer(tensor("w", DataType.FLOAT, length).setRawData(bytes));
        Map<String, OnnxTensor> tensors = read(model(graph)).tensors();
        assertEquals(Set.of("w", "c"), tensors.keySet());
        for (OnnxTensor t : tensors.values()) {
            assertEquals(ByteString.EMPTY, t.proto().getRawData(), "no copy of it is kept");
            assertEquals(length - 1, OnnxElements.read(t).floats()[length - 1]);
        }
    }

    private static FunctionProto.Builder function(String name) {
        return FunctionProto.newBuilder()
                .setDomain("local")
                .setName(name)
                .addInput("a")
                .addInput("b")
                .addOutput("r")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
    }

    @Test
    void functionsAreWrittenInPlaceOfTheirCalls() throws IOException {
        FunctionProto.Builder inner = function("inner")
                .addAttribute("axis")
                .addNode(node("Softmax", "t", "a")
                        .addAttribute(
                                AttributeProto.newBuilder().setName("axis").setRefAttrName("axis")))
                .addNode(node("Add", "r", "t", "b"));
        FunctionProto.Builder outer = function("outer")
                .addNode(node("inner", "t", "a", "b").setDomain("local").addAttribute(attribute("axis", 1)))
                .addNode(node("inner", "r", "t").setDomain("local"));
        GraphProto.Builder graph = graph(
                        node("outer", "y", "x", "x").setDomain("local"),
                        node("outer", "z", "y", "x").setDomain("local"))
                .addInput(value("x", 1))
                .addOutput(value("z"));
        OnnxModel model = read(model(graph).addFunctions(inner).addFunctions(outer));
        assertEquals(
                List.of("/y//t//t", "/y//t//r", "/y//r//t", "/y//r//r", "/z//t//t", "/z//t//r", "/z//r//t", "/z//r//r"),
                labels(model));
        List<OnnxNode> nodes = model.graph().nodes();
        assertEquals(Optional.of(new OnnxAttribute.Int(1)), nodes.get(0).attribute("axis"));
        assertEquals(Optional.empty(), nodes.get(2).attribute("axis"), "the call gives none");
        assertEquals(List.of("x"), nodes.get(0).inputs());
        assertEquals("", nodes.get(3).inputs().getLast(), "an operand that the call leaves out");
        assertEquals(List.of("y"), nodes.get(3).outputs());
    }

    @Test
    void aFunctionMayGiveBackItsOperand() throws IOException {
        FunctionProto.Builder same = FunctionProto.newBuilder()
                .setDomain("local")
                .setName("same")
                .addInput("a")
                .addOutput("a");
        GraphProto.Builder graph = graph(node("same", "y", "x").setDomain("local"))
                .addInput(value("x", 1))
                .addOutput(value("y"));
        OnnxNode only = read(model(graph).addFunctions(same)).graph().nodes().getFirst();
        assertEquals("Identity [x] [y]", only.operator() + " " + only.inputs() + " " + only.outputs());
    }
}
