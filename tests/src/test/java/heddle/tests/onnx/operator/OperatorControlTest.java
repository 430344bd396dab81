package heddle.tests.onnx.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.Draws;
import heddle.tests.onnx.file.GraphWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs within nodes, and sequences of tensors. */
class OperatorControlTest {
    private static final int FLOAT = GraphWriter.FLOAT;

    private final Draws draws = new Draws(13);

    private static NodeProto node(
            String operator, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(operator + "_" + outputs.getFirst())
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(List.of(attributes))
                .build();
    }

    private static ValueInfoProto value(String name, int type) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type)))
                .build();
    }

    private static ValueInfoProto scalar(String name, int type) {
        ValueInfoProto.Builder value = value(name, type).toBuilder();
        value.getTypeBuilder().getTensorTypeBuilder().setShape(TensorShapeProto.getDefaultInstance());
        return value.build();
    }

    private static GraphProto graph(List<ValueInfoProto> inputs, List<ValueInfoProto> outputs, NodeProto... nodes) {
        return GraphProto.newBuilder()
                .setName("inner")
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllNode(List.of(nodes))
                .build();
    }

    private static GraphProto.Builder outer(Map<String, Tensor> inputs, List<String> outputs, NodeProto... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("outer").addAllNode(List.of(nodes));
        inputs.forEach((name, x) -> graph.addInput(OneNode.declared(name, x)));
        outputs.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
        return graph;
    }

    private static TensorProto named(String name, Tensor value) {
        return OneNode.proto(value).toBuilder().setName(name).build();
    }

    private static NodeProto choice() {
        GraphProto yes = graph(List.of(), List.of(value("a", FLOAT)), node("Neg", List.of("x"), List.of("a")));
        GraphProto no = graph(List.of(), List.of(value("b", FLOAT)), node("Abs", List.of("x"), List.of("b")));
        return node(
                "If",
                List.of("c"),
                List.of("y"),
                GraphWriter.attr("then_branch", yes),
                GraphWriter.attr("else_branch", no));
    }

    /** An index that is one of several results may be negative, too. */
    @Test
    void indicesThatAreSplit() {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(6, 2), "i", Tensor.of(new long[] {0, 1, 2, 3}, 4));
        GraphProto.Builder graph = outer(
                        inputs,
                        List.of("y", "z"),
                        node("Sub", List.of("i", "three"), List.of("moved")),
                        node("Split", List.of("moved"), List.of("p", "q")),
                        node("Gather", List.of("x", "p"), List.of("y")),
                        node("Gather", List.of("x", "q"), List.of("z")))
                .addInitializer(named("three", Tensor.of(new long[] {3}, 1)));
        OneNode.agree(graph, 13, inputs, 0, 0);
    }

    /** Exporters that trace write the lengths of their example for outputs, also where inputs have names for them. */
    @Test
    void lengthsThatOutputsClaim() {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(3, 4));
        GraphProto.Builder graph = graph(
                List.of(OneNode.declared("x", inputs.get("x"), "batch", 4)),
                List.of(OneNode.declared("y", draws.floats(1, 4))),
                node("Relu", List.of("x"), List.of("y")))
                .toBuilder();
        OneNode.agree(graph, 16, inputs, 0, 0);
    }

    /** Constants are worked out as the operators say. */
    @Test
    void foldedNodes() {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(3));
        GraphProto.Builder graph = outer(
                        inputs,
                        List.of("y", "z", "w"),
                        node("ReduceSum", List.of("a"), List.of("same"), GraphWriter.attr("noop_with_empty_axes", 1)),
                        node("Mod", List.of("a", "b"), List.of("rest"), GraphWriter.attr("fmod", 1)),
                        node("Mod", List.of("a", "b"), List.of("modulus")),
                        node("CastLike", List.of("same", "x"), List.of("s")),
                        node("CastLike", List.of("rest", "x"), List.of("r")),
                        node("CastLike", List.of("modulus", "x"), List.of("m")),
                        node("Add", List.of("x", "s"), List.of("y")),
                        node("Add", List.of("x", "r"), List.of("z")),
                        node("Add", List.of("x", "m"), List.of("w")))
                .addInitializer(named("a", Tensor.of(new long[] {-5, 5, 7}, 3)))
                .addInitializer(named("b", Tensor.of(new long[] {3, -3, 4}, 3)));
        OneNode.agree(graph, 15, inputs, 0, 1e-6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void conditionsThatAreKnown(boolean condition) {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(3, 4));
        GraphProto.Builder graph =
                outer(inputs, List.of("y"), choice()).addInitializer(named("c", Tensor.of(new boolean[] {condition})));
        OneNode.agree(graph, 16, inputs, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void conditionsThatOnlyARunKnows(boolean condition) {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(3, 4), "c", Tensor.of(new boolean[] {condition}, 1));
        OneNode.agree(outer(inputs, List.of("y"), choice()), 16, inputs, 0, 0);
    }

    /** y = 2 * x + i, as often as said, while i is below a bound; all of them are collected. */
    private static NodeProto loop(GraphProto body) {
        return node("Loop", List.of("rounds", "", "x"), List.of("last", "all"), GraphWriter.attr("body", body));
    }

    private static GraphProto body() {
        GraphProto body = graph(
                List.of(scalar("i", GraphWriter.INT64), scalar("go", GraphWriter.BOOL), value("before", FLOAT)),
                List.of(value("goes_on", GraphWriter.BOOL), value("after", FLOAT), value("seen", FLOAT)),
                node("Less", List.of("i", "bound"), List.of("goes_on")),
                node("Cast", List.of("i"), List.of("f"), GraphWriter.attr("to", 1)),
                node("Add", List.of("before", "before"), List.of("twice")),
                node("Add", List.of("twice", "f"), List.of("after")),
                node("Identity", List.of("after"), List.of("seen")));
        return body.toBuilder()
                .addInitializer(named("bound", Tensor.of(new long[] {3})))
                .build();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 7})
    void loops(long rounds) {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(3, 4));
        GraphProto.Builder graph = outer(inputs, List.of("last", "all"), loop(body()))
                .addInitializer(named("rounds", Tensor.of(new long[] {rounds})));
        OneNode.agree(graph, 16, inputs, 0, 1e-6);
    }

    private static GraphProto within(int depth) {
        List<ValueInfoProto> inputs = List.of(
                scalar("i" + depth, GraphWriter.INT64),
                scalar("go" + depth, GraphWriter.BOOL),
                value("x" + depth, FLOAT));
        NodeProto goesOn = node("Identity", List.of("go" + depth), List.of("on" + depth));
        NodeProto inner = depth == 0
                ? node("Neg", List.of("x0"), List.of("y0"))
                : node(
                        "Loop",
                        List.of("rounds", "", "x" + depth),
                        List.of("y" + depth),
                        GraphWriter.attr("body", within(depth - 1)));
        return graph(inputs, List.of(scalar("on" + depth, GraphWriter.BOOL), value("y" + depth, FLOAT)), goesOn, inner);
    }

    /** A few hundred bytes that would be millions of nodes. */
    @Test
    void loopsInLoopsAreRefused() {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(3));
        NodeProto loop = node("Loop", List.of("rounds", "", "x"), List.of("last"), GraphWriter.attr("body", within(3)));
        GraphProto.Builder graph =
                outer(inputs, List.of("last"), loop).addInitializer(named("rounds", Tensor.of(new long[] {250})));
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> OneNode.agree(graph, 16, inputs, 0, 0));
        assertEquals(
                "loops of known length are more than 200000 nodes, written out",
                e.diagnostics().getFirst().message());
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "1,0,1", "0,1,0", "1,1,1"})
    void scans(long axis, long direction, long outputAxis) {
        GraphProto body = graph(
                List.of(value("sum", FLOAT), value("row", FLOAT)),
                List.of(value("next", FLOAT), value("seen", FLOAT)),
                node("Add", List.of("sum", "row"), List.of("next")),
                node("Mul", List.of("next", "row"), List.of("seen")));
        NodeProto scan = node(
                "Scan",
                List.of("start", "x"),
                List.of("last", "all"),
                GraphWriter.attr("body", body),
                GraphWriter.attr("num_scan_inputs", 1),
                GraphWriter.attr("scan_input_axes", GraphWriter.ints(axis)),
                GraphWriter.attr("scan_input_directions", GraphWriter.ints(direction)),
                GraphWriter.attr("scan_output_axes", GraphWriter.ints(outputAxis)),
                GraphWriter.attr("scan_output_directions", GraphWriter.ints(direction)));
        Map<String, Tensor> inputs = Map.of("start", draws.floats(4), "x", draws.floats(4, 4));
        OneNode.agree(outer(inputs, List.of("last", "all"), scan), 16, inputs, 0, 1e-6);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "1,1", "0,0"})
    void sequences(int axis, int isNew) {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(3, 4), "y", draws.floats(3, 4));
        GraphProto.Builder graph = outer(
                        inputs,
                        List.of("one", "joined", "count"),
                        node("SequenceConstruct", List.of("x", "y"), List.of("both")),
                        node("SequenceAt", List.of("both", "last"), List.of("one")),
                        node("SequenceInsert", List.of("both", "one", "first"), List.of("three")),
                        node("SequenceErase", List.of("three", "last"), List.of("two")),
                        node("SequenceLength", List.of("two"), List.of("count")),
                        node(
                                "ConcatFromSequence",
                                List.of("three"),
                                List.of("joined"),
                                GraphWriter.attr("axis", axis),
                                GraphWriter.attr("new_axis", isNew)))
                .addInitializer(named("last", Tensor.of(new long[] {-1})))
                .addInitializer(named("first", Tensor.of(new long[] {0})));
        OneNode.agree(graph.clone().removeOutput(2), 16, inputs, 0, 0);
        OneNode.agree(graph.clone().removeOutput(0).removeOutput(0), 16, inputs, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "0,1"})
    void tensorsCutIntoSequences(int axis, int keep) {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(3, 4));
        for (boolean lengths : new boolean[] {true, false}) {
            GraphProto.Builder graph = outer(
                            inputs,
                            List.of("y"),
                            node(
                                    "SplitToSequence",
                                    lengths ? List.of("x", "parts") : List.of("x"),
                                    List.of("cut"),
                                    GraphWriter.attr("axis", axis),
                                    GraphWriter.attr("keepdims", keep)),
                            node("SequenceAt", List.of("cut", "at"), List.of("y")))
                    .addInitializer(named("parts", Tensor.of(new long[] {1, axis == 0 ? 2 : 3}, 2)))
                    .addInitializer(named("at", Tensor.of(new long[] {1})));
            OneNode.agree(graph, 16, inputs, 0, 0);
        }
        GraphProto.Builder graph = outer(
                        inputs,
                        List.of("y"),
                        node("SplitToSequence", List.of("x", "size"), List.of("cut"), GraphWriter.attr("axis", axis)),
                        node("SequenceAt", List.of("cut", "at"), List.of("y")))
                .addInitializer(named("size", Tensor.of(new long[] {2})))
                .addInitializer(named("at", Tensor.of(new long[] {-1})));
        OneNode.agree(graph, 16, inputs, 0, 0);
    }

    /** Indices that are computed may be negative, whatever they are computed of. */
    @Test
    void computedIndicesCountFromTheEnd() {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(5, 4), "i", draws.longs(0, 5, 3));
        GraphProto.Builder graph = outer(
                        inputs,
                        List.of("y"),
                        node("Sub", List.of("i", "five"), List.of("negative")),
                        node("Gather", List.of("x", "negative"), List.of("y"), GraphWriter.attr("axis", 0)))
                .addInitializer(named("five", Tensor.of(new long[] {5})));
        OneNode.agree(graph, 16, inputs, 0, 0);
    }

    /** The rows of the last positions, as decoders with a cache cut their bias. */
    @Test
    void boundsOfNegativeLengths() {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(5, 4), "recent", draws.floats(2, 4));
        GraphProto.Builder graph = outer(
                        inputs,
                        List.of("y"),
                        node("Shape", List.of("recent"), List.of("s")),
                        node("Slice", List.of("s", "zero", "one"), List.of("n")),
                        node("Neg", List.of("n"), List.of("start")),
                        node("Concat", List.of("x", "recent"), List.of("all"), GraphWriter.attr("axis", 0)),
                        node("Slice", List.of("all", "start", "end", "zero"), List.of("last")),
                        node("Add", List.of("last", "recent"), List.of("y")))
                .clearInput()
                .addInput(OneNode.declared("x", inputs.get("x"), "P", 4))
                .addInput(OneNode.declared("recent", inputs.get("recent"), "N", 4))
                .addInitializer(named("zero", Tensor.of(new long[] {0}, 1)))
                .addInitializer(named("one", Tensor.of(new long[] {1}, 1)))
                .addInitializer(named("end", Tensor.of(new long[] {Long.MAX_VALUE}, 1)));
        OneNode.agree(graph, 16, inputs, 0, 1e-6);
    }

    /** Range over a length that was made a float, as exporters of TensorFlow write positions. */
    @Test
    void rangesOfLengths() {
        Map<String, Tensor> inputs = Map.of("x", draws.floats(5, 4));
        GraphProto.Builder graph = outer(
                        inputs,
                        List.of("y"),
                        node("Shape", List.of("x"), List.of("s")),
                        node("Gather", List.of("s", "zero"), List.of("n"), GraphWriter.attr("axis", 0)),
                        node("Cast", List.of("n"), List.of("f"), GraphWriter.attr("to", 1)),
                        node("Range", List.of("none", "f", "one"), List.of("y")))
                .setInput(0, OneNode.declared("x", inputs.get("x"), "N", 4))
                .addInitializer(named("zero", Tensor.of(new long[] {0})))
                .addInitializer(named("none", Tensor.of(new float[] {0})))
                .addInitializer(named("one", Tensor.of(new float[] {1})));
        OneNode.agree(graph, 16, inputs, 0, 0);
    }
}
