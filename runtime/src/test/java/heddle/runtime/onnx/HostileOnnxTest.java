package heddle.runtime.onnx;

import static heddle.runtime.onnx.OnnxFiles.attribute;
import static heddle.runtime.onnx.OnnxFiles.external;
import static heddle.runtime.onnx.OnnxFiles.graph;
import static heddle.runtime.onnx.OnnxFiles.model;
import static heddle.runtime.onnx.OnnxFiles.node;
import static heddle.runtime.onnx.OnnxFiles.tensor;
import static heddle.runtime.onnx.OnnxFiles.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that contradict themselves, or were made to harm: each is a diagnostic that says where and what to do. */
class HostileOnnxTest {
    @TempDir
    Path dir;

    private static GraphProto.Builder right() {
        return graph(node("Relu", "y", "x")).addInput(value("x", 1)).addOutput(value("y"));
    }

    private static FunctionProto.Builder function(String name, String... calls) {
        FunctionProto.Builder function = FunctionProto.newBuilder()
                .setDomain("local")
                .setName(name)
                .addInput("a")
                .addOutput("r");
        String last = "a";
        for (int i = 0; i < calls.length; i++) {
            String result = i == calls.length - 1 ? "r" : "t" + i;
            function.addNode(node(calls[i], result, last).setDomain(calls[i].equals("Relu") ? "" : "local"));
            last = result;
        }
        return function;
    }

    /** Each function calls the one before twice: the last one has 2^40 nodes. */
    private static ModelProto.Builder doubling() {
        ModelProto.Builder model = model(graph(node("f40", "y", "x").setDomain("local"))
                .addInput(value("x", 1))
                .addOutput(value("y")));
        model.addFunctions(function("f0", "Relu", "Relu"));
        for (int i = 1; i <= 40; i++) {
            model.addFunctions(function("f" + i, "f" + (i - 1), "f" + (i - 1)));
        }
        return model;
    }

    private static ModelProto.Builder chain(int length) {
        ModelProto.Builder model = model(graph(node("f" + length, "y", "x").setDomain("local"))
                .addInput(value("x", 1))
                .addOutput(value("y")));
        model.addFunctions(function("f0", "Relu"));
        for (int i = 1; i <= length; i++) {
            model.addFunctions(function("f" + i, "f" + (i - 1)));
        }
        return model;
    }

    private static ModelProto.Builder callsItself() {
        return model(graph(node("f", "y", "x").setDomain("local"))
                        .addInput(value("x", 1))
                        .addOutput(value("y")))
                .addFunctions(function("f", "f"));
    }

    /** Through a graph in its body. */
    private static ModelProto.Builder callsItselfInside() {
        GraphProto.Builder again = graph(node("f", "t", "a").setDomain("local")).addOutput(value("t"));
        return model(graph(node("f", "y", "x").setDomain("local"))
                        .addInput(value("x", 1))
                        .addOutput(value("y")))
                .addFunctions(FunctionProto.newBuilder()
                        .setDomain("local")
                        .setName("f")
                        .addInput("a")
                        .addOutput("r")
                        .addNode(node("If", "r", "a")
                                .addAttribute(attribute("then_branch", again))
                                .addAttribute(attribute("else_branch", again))));
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                Arguments.of(
                        "read each other's results: the Relu \"/a\" reads the Relu \"/b\" reads the Relu \"/a\"",
                        model(graph(node("Relu", "a", "b"), node("Relu", "b", "a"))
                                .addOutput(value("a")))),
                Arguments.of("reads its own result", model(graph(node("Relu", "a", "a")))),
                Arguments.of("\"y\" is defined twice", model(right().addNode(node("Tanh", "y", "x")))),
                Arguments.of("\"x\" is defined twice", model(right().addNode(node("Tanh", "x", "y")))),
                Arguments.of("two inputs named \"x\"", model(right().addInput(value("x", 1)))),
                Arguments.of(
                        "two initialisers named \"w\"",
                        model(right().addInitializer(tensor("w", DataType.FLOAT, 0))
                                .addInitializer(tensor("w", DataType.FLOAT, 0)))),
                Arguments.of("reads \"nobody\"", model(right().addNode(node("Tanh", "z", "nobody")))),
                Arguments.of("nothing computes the output \"z\"", model(right().addOutput(value("z")))),
                Arguments.of(
                        "reads \"hidden\"",
                        model(right().addNode(node("If", "z", "x")
                                .addAttribute(attribute("then_branch", graph(node("Relu", "t", "hidden"))))))),
                Arguments.of(
                        "has no result",
                        model(right().addNode(node("Tanh", "z", "x").clearOutput()))),
                Arguments.of("has no operator", model(right().addNode(node("", "z", "x")))),
                Arguments.of(
                        "two attributes \"axis\"",
                        model(right().addNode(node("Softmax", "z", "x")
                                .addAttribute(attribute("axis", 0))
                                .addAttribute(attribute("axis", 1))))),
                Arguments.of("negative length: [-4]", model(right().addInitializer(tensor("w", DataType.FLOAT, -4)))),
                Arguments.of("more than a tensor can have elements", model(right().addInput(value("long", 1L << 40)))),
                Arguments.of(
                        "asks for 2000000000 bytes, it has 4",
                        model(right().addInitializer(tensor("w", DataType.FLOAT, 500_000_000)
                                .setRawData(ByteString.copyFrom(new byte[4]))))),
                Arguments.of(
                        "more than 2^31 - 1 elements",
                        model(right().addInitializer(tensor("w", DataType.INT8, 1L << 33, 1L << 33)))),
                Arguments.of(
                        "is sparse",
                        model(right().addSparseInitializer(SparseTensorProto.newBuilder()
                                .setValues(tensor("s", DataType.FLOAT, 1).addFloatData(1))))),
                Arguments.of(
                        "asks for version -3",
                        model(right())
                                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(-3))),
                Arguments.of("the function \"f\" calls itself", callsItself()),
                Arguments.of("nodes of it", doubling()),
                Arguments.of("functions deep", chain(3000)),
                Arguments.of("deep in each other", callsItselfInside()),
                Arguments.of(
                        "is written for version 5",
                        model(right())
                                .addFunctions(function("f", "Relu")
                                        .addOpsetImport(
                                                OperatorSetIdProto.newBuilder().setVersion(5)))));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void contradictionsAreSaid(String what, ModelProto.Builder model) throws IOException {
        Diagnostic d = mistake(Files.write(dir.resolve("m.onnx"), model.build().toByteArray()));
        assertEquals(RuntimeCode.ONNX_GRAPH, d.code());
        assertTrue(d.notes().toString().contains(what), d.toString());
        assertTrue(d.message().contains("m.onnx") && d.hint().isPresent(), d.toString());
    }

    private static Diagnostic mistake(Path file) {
        List<Diagnostic> all = assertThrows(DiagnosticException.class, () -> OnnxModel.read(file))
                .diagnostics();
        assertEquals(1, all.size());
        return all.getFirst();
    }

    @Test
    void filesThatAreNoModelsAreSaid() throws IOException {
        byte[] whole = model(right().addInitializer(
                                tensor("w", DataType.FLOAT, 25_000).setRawData(ByteString.copyFrom(new byte[100_000]))))
                .build()
                .toByteArray();
        List<byte[]> files = List.of(
                new byte[0],
                Arrays.copyOf(whole, 50_000),
                Arrays.copyOf(whole, whole.length - 1),
                "this is a text, and no model at all\n".getBytes(),
                new byte[1000],
                ModelProto.newBuilder().setIrVersion(8).build().toByteArray(),
                // A graph of two gigabytes in a file of a few bytes.
                new byte[] {0x08, 8, 0x3a, -1, -1, -1, -1, 7, 0x0a});
        for (byte[] bytes : files) {
            Diagnostic d = mistake(Files.write(dir.resolve("m.onnx"), bytes));
            assertEquals(RuntimeCode.ONNX_FILE, d.code(), d.toString());
            assertTrue(!d.notes().isEmpty() && d.hint().isPresent(), d.toString());
        }
        assertEquals(
                RuntimeCode.FILE_UNREADABLE, mistake(dir.resolve("none.onnx")).code());
    }

    @Test
    void graphsInGraphsMayNotBeDeep() throws IOException {
        GraphProto.Builder graph = right();
        for (int i = 0; i < 60; i++) {
            graph = graph(node("If", "y", "x").addAttribute(attribute("then_branch", graph)))
                    .addInput(value("x", 1))
                    .addOutput(value("y"));
        }
        Path file = Files.write(dir.resolve("m.onnx"), model(graph).build().toByteArray());
        assertEquals(RuntimeCode.ONNX_FILE, mistake(file).code());
    }

    static Stream<GraphProto.Builder> laborious() {
        GraphProto.Builder doubled = graph(node("Mul", "v0", "k", "k"));
        for (int i = 1; i < 60; i++) {
            doubled.addNode(node("Mul", "v" + i, "v" + (i - 1), "v" + (i - 1)));
        }
        return Stream.of(
                doubled.addNode(node("Mul", "y", "x", "v59"))
                        .addInitializer(tensor("k", DataType.FLOAT).addFloatData(1)),
                graph(node("Pow", "p", "k", "e"), node("CastLike", "f", "p", "x"), node("Mul", "y", "x", "f"))
                        .addInitializer(tensor("k", DataType.INT64).addInt64Data(-1))
                        .addInitializer(tensor("e", DataType.INT64).addInt64Data(Long.MAX_VALUE)),
                graph(
                                node("Sum", "s", "a", "b", "c"),
                                node("Size", "n", "s"),
                                node("CastLike", "f", "n", "x"),
                                node("Mul", "y", "x", "f"))
                        .addInitializer(wholes("a", 1000, 1, 1))
                        .addInitializer(wholes("b", 1, 1000, 1))
                        .addInitializer(wholes("c", 1, 1, 1000)));
    }

    private static TensorProto.Builder wholes(String name, long... shape) {
        return tensor(name, DataType.INT64, shape).setRawData(ByteString.copyFrom(new byte[8 * 1000]));
    }

    /** Few constants that would make much work. */
    @ParameterizedTest
    @MethodSource("laborious")
    void constantsAreFoldedWithinBounds(GraphProto.Builder graph) throws IOException {
        byte[] bytes = model(graph.addInput(value("x", 1)).addOutput(value("y")))
                .build()
                .toByteArray();
        OnnxModel model = OnnxModel.read(Files.write(dir.resolve("m.onnx"), bytes));
        String source = assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> OnnxImport.of(model, "M").source());
        assertTrue(source.contains("output y"), source);
    }

    /** Whatever a file holds, reading it gives a model or a reason, nothing else. */
    /** A text of the language has no way to write it. */
    @Test
    void weightsWithCarriageReturnsInTheirNamesAreRefused() throws IOException {
        GraphProto.Builder graph = graph(node("Add", "y", "x", "a\rb"))
                .addInput(value("x", 4))
                .addInitializer(tensor("a\rb", DataType.FLOAT, 4).addAllFloatData(List.of(1f, 2f, 3f, 4f)))
                .addOutput(value("y"));
        Path file = dir.resolve("return.onnx");
        Files.write(file, model(graph).build().toByteArray());
        DiagnosticException e =
                assertThrows(DiagnosticException.class, () -> OnnxImport.of(OnnxModel.read(file), "Return"));
        assertEquals(RuntimeCode.ONNX_OPERATOR, e.diagnostics().getFirst().code());
        assertTrue(e.getMessage().contains("carriage return"), e::getMessage);
    }

    @Test
    void damagedFilesNeverSurprise() throws IOException {
        byte[] good = chain(2).setGraph(right().addInitializer(
                                external(tensor("w", DataType.FLOAT, 1), "location", "w.bin"))
                        .addNode(node("f2", "z", "y").setDomain("local"))
                        .addInitializer(tensor("r", DataType.INT8, 3).setRawData(ByteString.copyFrom(new byte[3])))
                        .addNode(node("If", "u", "x")
                                .addAttribute(attribute("then_branch", graph(node("Relu", "t", "z"))))))
                .build()
                .toByteArray();
        Path file = dir.resolve("m.onnx");
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = Arrays.copyOf(good, good.length - random.nextInt(2) * random.nextInt(good.length));
            for (int n = random.nextInt(3); n >= 0 && damaged.length > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                OnnxModel.read(Files.write(file, damaged)).tensors();
            } catch (DiagnosticException expected) {
                assertTrue(expected.diagnostics().getFirst().message().length() > 10, "seed " + seed);
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    static Stream<String> outside() {
        return Stream.of("../secret.bin", "a/../../secret.bin", "/etc/passwd", "", "a\0b");
    }

    @ParameterizedTest
    @MethodSource("outside")
    void onlyFilesOfTheFolderAreNamed(String location) throws IOException {
        TensorProto.Builder w = external(tensor("w", DataType.UINT8, 4), "location", location);
        Files.write(dir.resolve("secret.bin"), new byte[4]);
        Path folder = Files.createDirectory(dir.resolve("model"));
        Diagnostic d = mistake(Files.write(
                folder.resolve("m.onnx"),
                model(right().addInitializer(w)).build().toByteArray()));
        assertEquals(RuntimeCode.WEIGHT_EXTERNAL, d.code());
        assertTrue(d.message().contains("\"w\"") && d.hint().isPresent(), d.toString());
    }
}
