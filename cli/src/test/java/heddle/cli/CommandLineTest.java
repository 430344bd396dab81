package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import heddle.runtime.weights.WeightFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command on a small model: what it prints and what it ends with. */
class CommandLineTest {
    private static final String MODEL = """
            model Small
            dim N
            input x: f32[N, 4]
            let q = x @ weight "q" : f32[4, 4]
            output y: f32[N, 4] = softmax(q @ transpose(x) / 2.0, axis = -1) @ x
            """;

    @TempDir
    Path dir;

    private Path model;
    private String out;
    private String err;

    @BeforeEach
    void writeFiles() throws IOException {
        model = Files.writeString(dir.resolve("small.heddle"), MODEL);
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("q", Tensor.of(new float[16], 4, 4));
        Safetensors.write(weights, dir.resolve("w.safetensors"));
        Npy.write(Tensor.of(new float[] {1, 2, 3, 4, 3, 4, 5, 6}, 2, 4), dir.resolve("x.npy"));
        Files.writeString(dir.resolve("small.properties"), "weights = w.safetensors\n");
    }

    @Test
    void checkSaysWhatAModelHas() {
        assertEquals(ExitCode.DONE, run("check", model));
        assertTrue(out.contains("Small: 1 input, 1 weight, 1 output"), out);
    }

    @Test
    void checkPrintsEveryMistake() throws IOException {
        Path wrong =
                Files.writeString(dir.resolve("wrong.heddle"), "input x: f32[2]\noutput y = x + z\noutput w = u\n");
        assertEquals(ExitCode.WRONG_INPUT, run("check", wrong));
        assertTrue(err.contains("wrong.heddle:2:16") && err.contains("2 mistakes"), err);
        assertEquals(ExitCode.WRONG_INPUT, run("check", dir.resolve("none.heddle")));
        assertTrue(err.contains("H0811"), err);
    }

    @Test
    void fmtFormatsInPlaceAndFromStandardInput() throws IOException {
        Path ugly = Files.writeString(dir.resolve("ugly.heddle"), "input   x:f32[2]\noutput y=x\n");
        assertEquals(ExitCode.WRONG_INPUT, run("fmt", "--check", ugly));
        assertTrue(out.contains("is not formatted"), out);
        assertEquals(ExitCode.DONE, run("fmt", ugly));
        String formatted = Files.readString(ugly);
        assertEquals(ExitCode.DONE, run("fmt", "--check", ugly));
        assertEquals(ExitCode.DONE, runWithInput("input   x:f32[2]\noutput y=x\n", "fmt", "-"));
        assertEquals(formatted, out);
        assertEquals(ExitCode.WRONG_INPUT, runWithInput("output y = (", "fmt", "-"));
    }

    @Test
    void runReadsAndWritesTensors() {
        Path y = dir.resolve("y.npy");
        assertEquals(ExitCode.DONE, run("run", model, "--input", "x=" + dir.resolve("x.npy"), "--output", y), err);
        // The weights are zeros, so every row attends to both rows alike.
        assertArrayEquals(new float[] {2, 3, 4, 5, 2, 3, 4, 5}, Npy.read(y).floats(), 1e-6f);
        assertTrue(out.startsWith("fused 1/1 attention, target jvm"), out);
    }

    @Test
    void runProfilesAndTraces() throws IOException {
        Path trace = dir.resolve("trace.json");
        assertEquals(
                ExitCode.DONE,
                run("run", model, "-D", "N=3", "--input", "x=random", "--profile", "--trace", trace, "--unfused"),
                err);
        assertTrue(out.contains("y: f32[3, 4]  [") && out.contains("GFLOP/s") && out.contains("unfused"), out);
        assertTrue(out.contains("a first run, not a warm one: heddle bench times"), out);
        String traced = Files.readString(trace);
        assertTrue(traced.contains("\"traceEvents\"") && traced.contains("\"name\":\"softmax#1\""), traced);
        assertTrue(traced.contains("\"group\":\"softmax#1\""), traced);
    }

    @Test
    void anOutputIsWrittenOnce() {
        String twice = "y=" + dir.resolve("b.npy");
        assertEquals(
                ExitCode.USAGE,
                run("run", model, "--input", "x=random", "--output", dir.resolve("a.npy"), "--output", twice));
        assertTrue(err.contains("--output gives y twice: ") && err.contains("b.npy"), err);
        assertEquals(ExitCode.DONE, run("compile", model, "--emit", "tiles"), err);
        String once = out;
        assertEquals(ExitCode.DONE, run("compile", model, "--emit", "tiles,tiles"), err);
        assertEquals(once, out);
    }

    /** NumPy's name of what the file has, not of what it is read as. */
    @Test
    void anInputOfOtherElementsIsCalledAsItsFile() throws IOException {
        byte[] header = Npy.header(DType.BOOL, List.of(2L, 4L));
        byte[] file = Arrays.copyOf(header, header.length + 8);
        String text = new String(header, StandardCharsets.ISO_8859_1);
        file[text.indexOf("|b1") + 1] = 'u';
        Path x = Files.write(dir.resolve("bytes.npy"), file);
        assertEquals(ExitCode.WRONG_INPUT, run("run", model, "--input", "x=" + x));
        assertTrue(err.contains("the input x is uint8[2, 4] in ") && err.contains("the model has f32[N, 4]"), err);
        assertTrue(err.contains("numpy.save(\"bytes.npy\", x.astype(\"float32\"))"), err);
    }

    @Test
    void everyMissingInputIsNamed() throws IOException {
        Path three = Files.writeString(
                dir.resolve("three.heddle"),
                "dim N, M\ninput a: f32[N]\ninput b: f32[M]\noutput c = sum(a) + sum(b)\n");
        run("run", three);
        assertTrue(err.contains("the inputs a: f32[N], b: f32[M] were not given"), err);
        run("run", three, "--input", "a=random", "--input", "b=random");
        assertTrue(err.contains("the lengths N, M are not known") && err.contains("-D N=128 -D M=128"), err);
    }

    @Test
    void inputsThatDoNotFitAreExplained() {
        assertEquals(ExitCode.WRONG_INPUT, run("run", model));
        assertTrue(err.contains("H0802") && err.contains("--input x="), err);
        assertEquals(ExitCode.WRONG_INPUT, run("run", model, "--input", "z=random"));
        assertTrue(err.contains("H0803"), err);
        assertEquals(ExitCode.WRONG_INPUT, run("run", model, "--input", "x=random"));
        assertTrue(err.contains("H0807") && err.contains("-D N="), err);
        Npy.write(Tensor.of(new float[6], 2, 3), dir.resolve("narrow.npy"));
        assertEquals(ExitCode.WRONG_INPUT, run("run", model, "--input", "x=" + dir.resolve("narrow.npy")));
        assertTrue(err.contains("H0804"), err);
        assertEquals(ExitCode.WRONG_INPUT, run("run", model, "--text", "hello"));
        assertTrue(err.contains("H0810"), err);
    }

    @Test
    void weightsThatAreNotThereAreExplained() throws IOException {
        Files.delete(dir.resolve("small.properties"));
        assertEquals(ExitCode.WRONG_INPUT, run("run", model, "-D", "N=2", "--input", "x=random"));
        assertTrue(err.contains("H0710") && err.contains("small.properties") && err.contains("--weights random"), err);
        assertEquals(ExitCode.DONE, run("run", model, "-D", "N=2", "--input", "x=random", "--weights", "random"), err);
        assertEquals(
                ExitCode.WRONG_INPUT,
                run("run", model, "-D", "N=2", "--input", "x=random", "--weights", dir.resolve("none.onnx")));
        assertTrue(err.contains("H0701"), err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ast", "graph", "fused", "tiles", "schedule", "actions", "java", "plan"})
    void compilePrintsEveryStage(String stage) {
        assertEquals(ExitCode.DONE, run("compile", model, "--emit", stage), err);
        assertFalse(out.isBlank());
        String printed = out;
        assertEquals(ExitCode.DONE, run("compile", model, "--target", "tornado", "--emit", stage), err);
        boolean isOfMachines =
                List.of("tiles", "schedule", "actions", "java", "plan").contains(stage);
        assertEquals(isOfMachines, !out.equals(printed), out);
    }

    @Test
    void compileWritesFiles() throws IOException {
        Path to = dir.resolve("out");
        assertEquals(ExitCode.DONE, run("compile", model, "-D", "N=8", "--emit", "java,plan", "-o", to), err);
        assertTrue(Files.readString(to.resolve("SmallPlan.java")).contains("class SmallPlan"));
        assertTrue(Files.readString(to.resolve("Small.json")).contains("\"launches\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "dot", "svg", "json"})
    void inspectShowsTheGraph(String format) {
        assertEquals(ExitCode.DONE, run("inspect", model, "--format", format), err);
        assertTrue(out.contains("attention"), out);
        assertEquals(ExitCode.DONE, run("inspect", model, "--format", format, "--after", "none"), err);
        assertTrue(out.contains("softmax"), out);
    }

    @Test
    void inspectKnowsThePasses() {
        assertEquals(ExitCode.USAGE, run("inspect", model, "--after", "fuse"));
        assertTrue(err.contains("fuse-attention") && err.contains("eliminate-dead-code#1"), err);
        assertEquals(ExitCode.USAGE, run("inspect", model, "--after", "fuse-atention"));
        assertTrue(err.contains("did you mean fuse-attention?"), err);
        assertEquals(ExitCode.DONE, run("inspect", model, "--after", "eliminate-dead-code#2"), err);
        assertEquals("", err);
        assertEquals(ExitCode.DONE, run("inspect", model, "--after", "eliminate-dead-code"), err);
        assertTrue(err.contains("the last, eliminate-dead-code#4. --after eliminate-dead-code#1"), err);
    }

    @Test
    void explainSaysWhatIsFusedAndWhatIsNot() throws IOException {
        assertEquals(ExitCode.DONE, run("explain", model, "--require-fused"), err);
        assertTrue(out.contains("fused 1/1 attention") && out.contains("small.heddle:5"), out);
        Path declined = Files.writeString(dir.resolve("declined.heddle"), """
                input x: f32[6, 4]
                let p = softmax(x @ transpose(x), axis = -1)
                output scores = p
                output y = p @ x
                """);
        assertEquals(ExitCode.NOT_FUSED, run("explain", declined, "--require-fused"), out);
        assertTrue(out.contains("not fused"), out);
        assertEquals(ExitCode.DONE, run("explain", declined, "--format", "json"));
        assertTrue(out.contains("\"declined\""), out);
    }

    @Test
    void verifyComparesWithTheReference() {
        assertEquals(ExitCode.DONE, run("verify", model, "-D", "N=5", "--weights", "random"), out + err);
        assertTrue(out.contains("all within tolerance"), out);
        assertEquals(
                ExitCode.VERIFY_FAILED,
                run("verify", model, "-D", "N=5", "--weights", "random", "--atol", "0", "--rtol", "0"));
        assertTrue(out.contains("beyond the tolerance that was asked for"), out);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "md", "csv", "json"})
    void benchTimesKernels(String format) {
        assertEquals(
                ExitCode.DONE,
                run(
                        "bench",
                        model,
                        "-D",
                        "N=5",
                        "--runs",
                        "2",
                        "--warm-up",
                        "0",
                        "--settle",
                        "0",
                        "--vs",
                        "unfused",
                        "--format",
                        format),
                err);
        assertTrue(out.contains("attention") && out.contains("unfused"), out);
    }

    @Test
    void weightsListsNames() {
        assertEquals(ExitCode.DONE, run("weights", dir.resolve("w.safetensors")));
        assertTrue(out.contains("f32[4, 4]") && out.contains("1 tensor, 64 B, safetensors"), out);
        assertEquals(ExitCode.DONE, run("weights", dir.resolve("w.safetensors"), "--format", "json"));
        assertTrue(out.contains("\"encoding\" : \"F32\""), out);
    }

    @Test
    void doctorFindsTheVectors() {
        assertEquals(ExitCode.DONE, run("doctor"), out);
        assertTrue(out.contains("vectors"), out);
    }

    @Test
    void lengthsMayBeZeroButNotTooLarge() {
        assertEquals(ExitCode.DONE, run("run", model, "-D", "N=0", "--input", "x=random"), err);
        assertTrue(out.contains("y: f32[0, 4]"), out);
        assertEquals(ExitCode.WRONG_INPUT, run("run", model, "-D", "N=1000000000", "--input", "x=random"));
        assertTrue(err.contains("H0709"), err);
        assertEquals(ExitCode.WRONG_INPUT, run("run", model, "-D", "N=2000000000", "--input", "x=random"));
        assertTrue(err.contains("H0319"), err);
    }

    @Test
    void compileWritesAllThatAStandaloneProgramNeeds() throws IOException {
        Path to = dir.resolve("device");
        assertEquals(
                ExitCode.DONE,
                run("compile", model, "-D", "N=8", "--target", "tornado", "-o", to, "--data", "--input", "x=random"),
                err);
        String plan = Files.readString(to.resolve("plan.json"));
        for (String field : List.of(
                "path", "group", "groups", "threads", "localBytes", "buffers", "flops", "bytes", "deviceBytes")) {
            assertTrue(plan.contains("\"" + field + "\""), field + " in " + plan);
        }
        String readme = Files.readString(to.resolve("README.md"));
        assertTrue(readme.contains("java @$TORNADOVM_HOME/tornado-argfile"), readme);
        // Without it sin, cos and sqrt of OpenCL and SPIR-V are inexact.
        assertTrue(readme.contains(" -Dtornado.enable.nativeFunctions=False "), readme);
        assertEquals(
                Set.of("x"),
                WeightFile.open(to.resolve("inputs.safetensors")).entries().keySet());
        assertTrue(Files.exists(to.resolve("weights.safetensors")));
        assertEquals(ExitCode.USAGE, run("compile", model, "--target", "tornado", "--data"));
    }

    @Test
    void inputsThatAreNotGivenAreLeftOut() throws IOException {
        Path two = Files.writeString(dir.resolve("two.heddle"), """
                model Two
                input x: f32[4, 8]
                input t: f32[4, 6]
                output y = x @ weight "w" : f32[8, 6] as f16 + t
                """);
        Path to = dir.resolve("two");
        String[] command = {
            "compile", two.toString(), "--target", "tornado", "-o", to.toString(), "--data", "--weights", "random"
        };
        assertEquals(ExitCode.DONE, run((Object[]) command), err);
        assertFalse(Files.exists(to.resolve("inputs.safetensors")), out);
        assertEquals(
                "F16",
                WeightFile.open(to.resolve("weights.safetensors"))
                        .entries()
                        .get("w")
                        .encoding());
        assertEquals(
                ExitCode.DONE,
                run(Stream.concat(Stream.of(command), Stream.of("--input", "t=random"))
                        .toArray()),
                err);
        assertEquals(
                Set.of("t"),
                WeightFile.open(to.resolve("inputs.safetensors")).entries().keySet());
    }

    @Test
    void sizesOfAPlanAreNumbersWhereLengthsAreKnown() throws IOException {
        Path chain = Files.writeString(
                dir.resolve("chain.heddle"),
                "dim N\ninput x: f32[N, 4]\nlet w = weight \"w\" : f32[4, 8]\nlet h = relu(x @ w)\n"
                        + "output y = sum(relu(h @ transpose(w)) @ w)\n");
        for (String target : List.of("jvm", "tornado")) {
            assertEquals(ExitCode.DONE, run("compile", chain, "-D", "N=8", "--target", target, "--emit", "plan"), err);
            for (String field : List.of("groups", "flops", "bytes")) {
                assertFalse(out.contains("\"" + field + "\" : \""), field + " in " + out);
            }
            assertEquals(ExitCode.DONE, run("compile", chain, "--target", target, "--emit", "plan"), err);
            assertTrue(out.contains("\"bytes\" : \""), out);
        }
    }

    @Test
    void packedWeightsAreCountedAsTheyAreHeld() throws IOException {
        Path product = Files.writeString(
                dir.resolve("product.heddle"),
                "input x: f32[2, 64]\noutput y = x @ cast(weight \"w\" : bf16[64, 128], f32)\n");
        assertEquals(ExitCode.DONE, run("compile", product, "--emit", "plan"), err);
        assertTrue(out.contains("\"bf16[64, 128] stored as bf16\"") && out.contains("\"weightBytes\" : 16384"), out);
        assertEquals(ExitCode.DONE, run("run", product, "--input", "x=random", "--weights", "random"), err);
        assertTrue(out.contains(", weights 16"), out);
    }

    @Test
    void compileSaysWhatLibrariesCompute() throws IOException {
        Path product = Files.writeString(
                dir.resolve("product.heddle"),
                "dim N\ninput x: f32[N, 8]\ninput z: f64[N, 8]\noutput y = gelu(x @ weight \"w\" : f32[8, 4])\n"
                        + "output s = transpose(z) @ z\n");
        Path to = dir.resolve("library");
        assertEquals(ExitCode.DONE, run("compile", product, "--target", "tornado", "--library-tasks", "-o", to), err);
        String plan = Files.readString(to.resolve("plan.json"));
        assertTrue(plan.contains("\"library\" : \"nvidia/cublas\"") && plan.contains("\"cublasSgemm\""), plan);
        assertTrue(plan.contains("\"notLibrary\" : \"it is summed in f64\""), plan);
        String readme = Files.readString(to.resolve("README.md"));
        assertTrue(readme.contains("tornado-cublas-*.jar") && readme.contains("--add-modules tornado.cublas"), readme);
        assertEquals(ExitCode.USAGE, run("compile", product, "--library-tasks"));
        assertTrue(err.contains("--library-tasks needs --target tornado"), err);
        assertEquals(
                ExitCode.TARGET_UNAVAILABLE,
                run(
                        "run",
                        product,
                        "-D",
                        "N=2",
                        "--target",
                        "jvm",
                        "--library-tasks",
                        "--input",
                        "x=random",
                        "--input",
                        "z=random",
                        "--weights",
                        "random"));
        assertTrue(err.contains("H1110"), err);
    }

    @Test
    void aStandaloneProgramIsGivenNoWeightsThatItDoesNotHave() throws IOException {
        Path plain = Files.writeString(
                dir.resolve("plain.heddle"), "model Plain\ndim N\ninput x: f32[N]\noutput y = exp(x)\n");
        Path to = dir.resolve("plain");
        assertEquals(
                ExitCode.DONE,
                run("compile", plain, "--target", "tornado", "-o", to, "--data", "-D", "N=3", "--input", "x=random"),
                err);
        assertFalse(Files.exists(to.resolve("weights.safetensors")));
        String readme = Files.readString(to.resolve("README.md"));
        assertTrue(readme.contains("Plain \\\n    inputs.safetensors outputs.safetensors\n"), readme);
    }

    @Test
    void usageErrorsSayWhatWasMeant() {
        assertEquals(ExitCode.USAGE, run());
        assertTrue(err.contains("a command is missing") && err.contains("explain"), err);
        assertEquals(ExitCode.USAGE, run("chekc", model));
        assertTrue(err.contains("did you mean check?"), err);
        assertEquals(ExitCode.USAGE, run("run", model, "--txet", "a"));
        assertTrue(err.contains("did you mean --text?"), err);
        assertEquals(ExitCode.USAGE, run("run", model, "-D", "N=many"));
        assertTrue(err.contains("'many' is not a whole number") && !err.contains("long"), err);
        assertEquals(ExitCode.USAGE, run("bench", model, "-D", "N=1", "--runs", "0"));
        assertEquals(ExitCode.USAGE, run("run", model, "--threads", "0", "-D", "N=1", "--input", "x=random"));
        assertEquals(ExitCode.USAGE, run("run", model, "-D", "N=1", "--input", "x=random", "--output", "y.txt"));
    }

    @Test
    void aTargetThatIsNotThereIsSaid() {
        assertEquals(ExitCode.TARGET_UNAVAILABLE, run("run", model, "--target", "tornado", "--device", "99:0"));
        assertTrue(err.contains("Tornado"), err);
    }

    private int run(Object... args) {
        return runWithInput("", args);
    }

    private int runWithInput(String input, Object... args) {
        List<String> words = new ArrayList<>();
        for (Object arg : args) {
            words.add(arg.toString());
        }
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        int code = Main.run(
                words.toArray(String[]::new),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(outText),
                new PrintWriter(errText));
        out = outText.toString();
        err = errText.toString();
        return code;
    }
}
