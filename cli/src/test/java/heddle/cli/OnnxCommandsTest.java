package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands do with ONNX files. */
class OnnxCommandsTest {
    private static final int WIDTH = 4;

    @TempDir
    Path dir;

    private Path fused;

    @BeforeEach
    void writeFile() throws IOException {
        fused = write("fused.onnx", attention().addOutput(value("output.1", 2, 3, WIDTH)));
    }

    /** One attention with projections, as PyTorch writes it. */
    private static GraphProto.Builder attention() {
        Random random = new Random(5);
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("main_graph")
                .addInput(value("input.1", 2, 3, WIDTH))
                .addNode(node("MatMul", "/attn/query/MatMul", "q", "input.1", "attn.query.weight"))
                .addNode(node("MatMul", "/attn/key/MatMul", "k", "input.1", "attn.key.weight"))
                .addNode(node("Transpose", "/attn/Transpose", "kt", "k")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("perm")
                                .setType(AttributeType.INTS)
                                .addInts(0)
                                .addInts(2)
                                .addInts(1)))
                .addNode(node("MatMul", "/attn/MatMul", "scores", "q", "kt"))
                .addNode(node("Softmax", "/attn/Softmax", "p", "scores")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("axis")
                                .setType(AttributeType.INT)
                                .setI(-1)))
                .addNode(node("MatMul", "/attn/MatMul_1", "output.1", "p", "input.1"));
        for (String name : List.of("attn.query.weight", "attn.key.weight")) {
            TensorProto.Builder weight = TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(DataType.FLOAT_VALUE)
                    .addDims(WIDTH)
                    .addDims(WIDTH);
            for (int i = 0; i < WIDTH * WIDTH; i++) {
                weight.addFloatData((float) random.nextGaussian());
            }
            graph.addInitializer(weight);
        }
        return graph;
    }

    private static NodeProto.Builder node(String operator, String name, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setName(name)
                .setOpType(operator)
                .addAllInput(List.of(inputs))
                .addOutput(output);
    }

    private static ValueInfoProto value(String name, long... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long d : dims) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }

    private Path write(String name, GraphProto.Builder graph) throws IOException {
        byte[] bytes = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
        return Files.write(dir.resolve(name), bytes);
    }

    private Path declined() throws IOException {
        return write(
                "declined.onnx",
                attention().addOutput(value("output.1", 2, 3, WIDTH)).addOutput(value("p", 2, 3, 3)));
    }

    private Path unsupported() throws IOException {
        return write(
                "unsupported.onnx",
                attention()
                        .addNode(node("NoSuchOperator", "/a", "a", "input.1"))
                        .addNode(node("NoSuchOperator", "/b", "b", "input.1"))
                        .addOutput(value("a", 1))
                        .addOutput(value("b", 1)));
    }

    @Test
    void everyCommandTakesAnOnnxFile() throws IOException {
        Ran check = Ran.command("check", fused);
        assertEquals(ExitCode.DONE, check.code(), check.err());
        assertTrue(check.out().contains("1 input, 2 weights, 1 output"), check.out());
        Ran run = Ran.command("run", fused, "--target", "jvm", "--input", input() + "=random");
        assertTrue(run.out().contains("f32[2, 3, 4]") && run.out().contains("fused 1/1 attention"), run.toString());
        Ran verify = Ran.command("verify", fused, "--target", "jvm");
        assertEquals(ExitCode.DONE, verify.code(), verify.toString());
        Ran ast = Ran.command("compile", fused, "--emit", "ast,fused");
        assertEquals(ExitCode.DONE, ast.code(), ast.err());
        Path page = dir.resolve("page.html");
        assertEquals(ExitCode.DONE, Ran.command("inspect", fused, "-o", page).code());
        Ran diff = Ran.command("diff", fused, declined(), "--fail-on", "unfused");
        assertEquals(ExitCode.WORSE, diff.code(), diff.toString());
        Ran format = Ran.command("fmt", fused);
        assertEquals(ExitCode.WRONG_INPUT, format.code());
        assertTrue(format.err().contains("heddle import"), format.err());
    }

    /** Options take the file's names where those are none of the language, and an import says so. */
    @Test
    void theFilesOwnNamesAreTaken() {
        Ran imported = Ran.command("import", fused);
        assertTrue(
                imported.err().contains("note: the input \"input.1\" of the file is " + input() + " in the source"),
                imported.err());
        Path file = dir.resolve("o.npy");
        Ran run = Ran.command("run", fused, "--input", "input.1=random", "--output", "output.1=" + file);
        assertEquals(ExitCode.DONE, run.code(), run.toString());
        assertTrue(Files.exists(file));
        Ran twice = Ran.command("run", fused, "--input", "input.1=random", "--input", input() + "=random");
        assertEquals(ExitCode.USAGE, twice.code());
        assertTrue(twice.err().contains("twice"), twice.err());
    }

    /** The name of the input in the source. */
    private String input() {
        String source = Ran.command("import", fused).out();
        return source.replaceFirst("(?s).*?input +(\\w+) *:.*", "$1");
    }

    @Test
    void importWritesSourceAndItsManifest() throws IOException {
        Files.writeString(dir.resolve("tokenizer.json"), "{}");
        Path source = Files.createDirectory(dir.resolve("out")).resolve("small-model.heddle");
        Ran ran = Ran.command("import", fused, "-o", source);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertEquals(
                "weights = ../fused.onnx\ntokenizer = ../tokenizer.json\n",
                Files.readString(dir.resolve("out/small-model.properties")));
        String text = Files.readString(source);
        assertTrue(text.startsWith("model SmallModel\n") && text.contains("attn.query.weight"), text);
        Ran verified = Ran.command("verify", source, "--target", "jvm");
        assertEquals(ExitCode.DONE, verified.code(), verified.toString());
    }

    @Test
    void whatIsThereStaysUnlessItIsForced() throws IOException {
        Path source = dir.resolve("m.heddle");
        Files.writeString(source, "mine");
        Ran ran = Ran.command("import", fused, "-o", source);
        assertEquals(ExitCode.USAGE, ran.code());
        assertTrue(ran.err().contains("m.heddle is there already; --force replaces it"), ran.err());
        assertEquals("mine", Files.readString(source));
        Files.delete(source);
        Files.writeString(dir.resolve("m.properties"), "tokens = 3\n");
        assertEquals(ExitCode.USAGE, Ran.command("import", fused, "-o", source).code());
        assertFalse(Files.exists(source));
        assertEquals(
                ExitCode.DONE,
                Ran.command("import", fused, "-o", source, "--force").code());
        assertEquals("weights = fused.onnx\n", Files.readString(dir.resolve("m.properties")));
        assertEquals(
                ExitCode.USAGE,
                Ran.command("import", fused, "-o", dir.resolve("m.onnx")).code());
    }

    @Test
    void aManifestBesideTheFileIsReadAndNeedNotNameTheWeights() throws IOException {
        Files.writeString(dir.resolve("fused.properties"), "tokens = 3\n");
        Ran ran = Ran.command("run", fused, "--target", "jvm", "--input", input() + "=random");
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
    }

    @Test
    void explainNamesTheNodesOfTheFile() throws IOException {
        Ran ran = Ran.command("explain", fused);
        assertTrue(ran.out().contains("  onnx nodes\n"), ran.out());
        for (String node : List.of("/attn/MatMul\n", "/attn/Softmax\n", "/attn/MatMul_1\n")) {
            assertTrue(ran.out().contains("    " + node), ran.out());
        }
        Ran json = Ran.command("explain", fused, "--format", "json");
        Map<?, ?> attention =
                (Map<?, ?>) ((List<?>) JSON.std.mapFrom(json.out()).get("fused")).getFirst();
        assertTrue(((List<?>) attention.get("onnxNodes")).contains("/attn/Softmax"), json.out());
        assertFalse(Ran.command("explain", Path.of("../examples/attention.heddle"))
                .out()
                .contains("onnx"));
    }

    @Test
    void whatIsDeclinedHasARemedyForTheExporter() throws IOException {
        Ran ran = Ran.command("explain", declined(), "--require-fused");
        assertEquals(ExitCode.NOT_FUSED, ran.code());
        assertTrue(ran.out().contains("  = onnx nodes: ") && ran.out().contains("/attn/Softmax"), ran.out());
        assertTrue(ran.out().contains("  = exporter: ") && ran.out().contains("output_attentions = False"), ran.out());
    }

    @Test
    void aTableHasALineForEachFile() throws IOException {
        Path broken = Files.write(dir.resolve("broken.onnx"), new byte[] {1, 2, 3});
        Ran ran = Ran.command("explain", fused, declined(), unsupported(), broken, "--format", "table");
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.err());
        List<String> lines = ran.out().lines().toList();
        assertEquals(7, lines.size(), ran.out());
        assertTrue(lines.get(0).matches("file +nodes +attentions +fused +declined +unsupported +in the way"));
        assertTrue(lines.get(1).matches(".*fused.onnx +6 +1 +1 +0 +0"), lines.get(1));
        assertTrue(lines.get(2).matches(".*declined.onnx +6 +1 +0 +1 +0  .*output of the model.*"), lines.get(2));
        assertTrue(
                lines.get(3).matches(".*unsupported.onnx +8 +- +- +- +1  .*NoSuchOperator.*2 nodes.*"), lines.get(3));
        assertTrue(lines.get(4).matches(".*broken.onnx +- +- +- +- +-  H0822 .*"), lines.get(4));
        assertEquals("fused 1/2 in 4 files", lines.get(6));
        Ran required = Ran.command("explain", fused, declined(), "--format", "table", "--require-fused");
        assertEquals(ExitCode.NOT_FUSED, required.code());
    }

    @Test
    void severalFilesAreExplainedOneAfterTheOther() throws IOException {
        Path broken = Files.write(dir.resolve("broken.onnx"), new byte[] {1, 2, 3});
        Ran text = Ran.command("explain", broken, fused);
        assertEquals(ExitCode.WRONG_INPUT, text.code());
        assertTrue(text.out().startsWith(fused + ":\nfused ") && text.err().contains("H0822"), text.toString());
        Ran json = Ran.command("explain", broken, fused, "--format", "json");
        List<Object> all = JSON.std.listFrom(json.out());
        assertTrue(((Map<?, ?>) all.getFirst()).containsKey("mistakes"), json.out());
        assertTrue(((Map<?, ?>) all.getLast()).containsKey("fused"), json.out());
    }

    @Test
    void aModelIsComparedWithOnnxRuntime() throws IOException {
        Ran ran = Ran.command("verify", fused, "--against", "onnxruntime", "--target", "jvm");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("as ONNX Runtime: all within tolerance"), ran.out());
        Ran strict = Ran.command(
                "verify",
                fused,
                "--against",
                "onnxruntime",
                "--target",
                "jvm",
                "--atol",
                "0",
                "--rtol",
                "0",
                "--seed",
                "3");
        assertEquals(ExitCode.VERIFY_FAILED, strict.code(), strict.toString());
        assertTrue(strict.out().contains("\nnote: Softmax of a row"), strict.out());
        Ran source = Ran.command("verify", Path.of("../examples/attention.heddle"), "--against", "onnxruntime");
        assertEquals(ExitCode.USAGE, source.code(), source.toString());
    }
}
