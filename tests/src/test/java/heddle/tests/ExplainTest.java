package heddle.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.Main;
import heddle.cli.report.ExplanationText;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.explain.FiniteFill;
import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.ir.Graph;
import heddle.compiler.tile.BlockCount;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code heddle explain} prints, in tests and in the documents. */
class ExplainTest {
    private static final Path MODELS = Path.of("src/test/resources/explain");
    private static final Pattern EXAMPLE =
            Pattern.compile("```\n\\$ \\./heddle ((?:explain|compile) .*)\n([\\s\\S]*?)```");
    private static final int DONE = 0;
    private static final int NOT_FUSED = 4;

    private static final String HEADS =
            "dim B, N\ninput q: f32[B, 4, N, 8]\ninput k: f32[B, 4, N, 8]\ninput v: f32[B, 4, N, 8]\n";

    @TempDir
    Path dir;

    private String printed;

    @ParameterizedTest
    @CsvSource({"causal,", "padding,", "padding-bound,B=2 N=512", "grouped-alibi,", "none,", "declined,", "log-sum-exp,"
    })
    void printsTextAndJson(String name, String lengths) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "explain",
                MODELS.resolve(name.replace("-bound", "") + ".heddle").toString()));
        for (String length : lengths == null ? new String[0] : lengths.split(" ")) {
            arguments.addAll(List.of("-D", length));
        }
        assertEquals(DONE, run(arguments), printed);
        GoldenFile.check(MODELS.resolve(name + ".txt"), printed);
        printed.lines().forEach(line -> assertTrue(line.length() <= 100, line));
        arguments.addAll(List.of("--format", "json"));
        assertEquals(DONE, run(arguments), printed);
        GoldenFile.check(MODELS.resolve(name + ".json"), printed);
    }

    /** Editors explain attention without lowering the rest of the model. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "causal",
                "padding",
                "grouped-alibi",
                "none",
                "declined",
                "log-sum-exp",
                "minilm",
                "decoder",
                "gpt"
            })
    void explainsTheSameWithoutTheRestOfTheModel(String name) {
        Path own = MODELS.resolve(name + ".heddle");
        Path file = Files.exists(own) ? own : Path.of("../examples").resolve(name + ".heddle");
        HeddleModel model = Heddle.model(file);
        for (Map<String, Long> lengths : List.of(Map.<String, Long>of(), Map.of("B", 2L, "N", 77L))) {
            String whole = ExplanationText.of(model.compilation(Fusion.FUSED).explain(lengths), "nothing");
            String alone =
                    ExplanationText.of(Compiler.explain(model.declaration().graph(), lengths, () -> {}), "nothing");
            assertEquals(whole, alone);
        }
    }

    @Test
    void explainingEndsWhenNobodyWantsItAnyMore() {
        Graph graph =
                Heddle.model(MODELS.resolve("causal.heddle")).declaration().graph();
        int[] steps = {0};
        Compiler.explain(graph, Map.of(), () -> steps[0]++);
        int all = steps[0];
        assertTrue(all > 10, all + " steps");
        for (int last = 1; last <= all; last++) {
            int[] left = {last};
            assertThrows(
                    CancellationException.class,
                    () -> Compiler.explain(graph, Map.of(), () -> {
                        if (--left[0] == 0) {
                            throw new CancellationException();
                        }
                    }));
        }
    }

    @Test
    void requiringFusionEndsWithFour() {
        List<String> required = List.of("--require-fused");
        assertEquals(NOT_FUSED, run("declined", required), printed);
        assertEquals(DONE, run("causal", required), printed);
    }

    private int require(String... lines) throws IOException {
        return require(List.of(), lines);
    }

    private int require(List<String> lengths, String... lines) throws IOException {
        Path file = Files.writeString(dir.resolve("m.heddle"), HEADS + String.join("\n", lines));
        List<String> arguments = new ArrayList<>(List.of("explain", file.toString(), "--require-fused"));
        lengths.forEach(length -> arguments.addAll(List.of("-D", length)));
        return run(arguments);
    }

    @Test
    void aModelWithoutAttentionIsNotWhatFusionIsRequiredOf() throws IOException {
        assertEquals(NOT_FUSED, run("none", List.of("--require-fused")));
        assertTrue(printed.contains("--require-fused: the model has no attention"), printed);
        assertEquals(NOT_FUSED, require("output y = softmax(q, axis = -1)"), printed);
    }

    @Test
    void oneKeyLeavesNothingToFuse() throws IOException {
        String attention = "output y = softmax(q @ transpose(k), axis = -1) @ v";
        assertEquals(DONE, require(List.of("N=1", "B=1"), attention), printed);
        assertTrue(printed.contains("nothing to fuse softmax#1: there is one key alone"), printed);
        assertTrue(printed.contains("fused 0/0 attention, 1 with one key"), printed);
        // With one key of one query the rest of this one is simplified away.
        String pooled = "output y = softmax(v[:, :, 0:1, :] @ transpose(k), axis = -1) @ v";
        assertEquals(DONE, require(List.of("N=1"), pooled), printed);
        // What is in the way for more keys is not when there is one.
        assertEquals(
                NOT_FUSED, require("let p = softmax(q @ transpose(k), axis = -1)\noutput p = p\noutput y = p @ v"));
    }

    @Test
    void otherAttentionIsListedAndNotRequired() throws IOException {
        for (String other : List.of(
                "sigmoid(q @ transpose(k) / 3.0 - 2.0) @ v",
                "(1.0 / (1.0 + exp(-(q @ transpose(k))))) @ v",
                "relu(q @ transpose(k)) ** 2 @ v",
                "(relu(q) @ transpose(relu(k))) @ v",
                "relu(q) @ (transpose(relu(k)) @ v)")) {
            assertEquals(DONE, require("output y = " + other), printed);
            assertTrue(printed.contains("not softmax attention "), printed);
            assertTrue(printed.contains("fused 0/0 attention, 1 without softmax"), printed);
        }
        String normalised = "let s = relu(q @ transpose(k))\noutput y = (s / sum(s, axis = -1, keepdims = true)) @ v";
        assertEquals(DONE, require(normalised), printed);
    }

    @Test
    void aSoftmaxThatIsNotRecognisedIsRequired() throws IOException {
        for (String written : List.of(
                "let e = exp(s)\noutput y = (e / (sum(e, axis = -1, keepdims = true) + s)) @ v",
                "let e = 2.0 ** s\noutput y = (e / sum(e, axis = -1, keepdims = true)) @ v",
                "let e = exp(s)\noutput y = (e / sum(e * e, axis = -1, keepdims = true)) @ v")) {
            int code = require("let s = q @ transpose(k)\n" + written);
            boolean fused = printed.contains("fused 1/1 attention\n");
            assertEquals(fused ? DONE : NOT_FUSED, code, printed);
            assertFalse(printed.contains("not softmax"), printed);
        }
    }

    /** They lack their sum alone, so they are no other function in the place of a softmax. */
    @Test
    void exponentialsWithoutTheirSumAreNotFused() throws IOException {
        String scores = "let s = q @ transpose(k)\n";
        for (String written : List.of(
                "output y = exp(s) @ v",
                "output y = exp(s - max(s, axis = -1, keepdims = true)) @ v",
                "let e = exp(s)\noutput y = e @ v\noutput z = sum(e, axis = -2)")) {
            assertEquals(NOT_FUSED, require(scores + written), printed);
            assertTrue(printed.contains("not fused exp#1: `exp(s"), printed);
            assertTrue(printed.contains("is not divided by its own sum along the keys"), printed);
            assertTrue(printed.contains("\nfused 0/1 attention\n"), printed);
        }
    }

    @Test
    void causalAttentionVisitsHalfTheBlocks() {
        FusedExplanation causal = Heddle.model(MODELS.resolve("causal.heddle"), Map.of())
                .explain()
                .fused()
                .getFirst();
        BlockCount blocks = causal.blocks().orElseThrow();
        assertTrue(blocks.visited() <= 0.55 * blocks.total(), blocks.toString());
        assertTrue(causal.fusedWork().bytes().saturated() * 100
                < causal.unfusedWork().bytes().saturated());
    }

    /** As exporters write causal masks: right, and twice the work. */
    @Test
    void aFiniteFillSaysWhatIsSkipped() {
        String model = """
                dim N
                input q: f32[1, N, 16]
                let j = iota(N)[new, :]
                let i = iota(N)[:, new]
                let s = q @ transpose(q)
                output o = softmax(%s, axis = -1) @ q
                """;
        FusedExplanation infinite = fused(model.formatted("where(j <= i, s, -inf)"));
        long skipped = infinite.blocks().orElseThrow().empty();
        assertTrue(skipped > 0, infinite.toString());
        assertTrue(infinite.fill().isEmpty());
        for (String scores : List.of("where(j <= i, s, -3.4028234663852886e38)", "where(j > i, -10000.0, s)")) {
            FusedExplanation fused = fused(model.formatted(scores));
            assertEquals(skipped, fused.blocks().orElseThrow().empty(), scores);
            FiniteFill fill = fused.fill().orElseThrow();
            assertEquals(0, fill.skipped(), scores);
            assertEquals(fill.value() + 800, fill.above().orElseThrow(), scores);
        }
        FusedExplanation added = fused(model.formatted("s + where(j <= i, 0.0, -1e9)"));
        assertEquals(0, added.blocks().orElseThrow().empty());
        assertEquals(skipped, added.fill().orElseThrow().skipped());
        assertTrue(added.fill().orElseThrow().above().isEmpty());
    }

    private static FusedExplanation fused(String source) {
        return Heddle.model(ModelSource.text("model", source), Map.of("N", 1024L))
                .explain()
                .fused()
                .getFirst();
    }

    @Test
    void lengthsMayBeGivenLater() {
        Path file = MODELS.resolve("padding.heddle");
        Compilation symbolic = Heddle.model(file, Map.of()).compilation(Fusion.FUSED);
        assertTrue(symbolic.explain(Map.of("B", 2L)).fused().getFirst().blocks().isEmpty());
        FusedExplanation later =
                symbolic.explain(Map.of("B", 2L, "N", 512L)).fused().getFirst();
        FusedExplanation fixed =
                Heddle.model(file, Map.of("B", 2L, "N", 512L)).explain().fused().getFirst();
        assertEquals(fixed.blocks(), later.blocks());
        assertEquals(fixed.fusedWork(), later.fusedWork());
        assertFalse(later.blocks().orElseThrow().isKnown(), "the mask reads data");
    }

    /** Runs each example of a document where its reader would. */
    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/explain.md", "docs/following-q.md"})
    void theDocumentsSayWhatIsPrinted(String document) throws IOException, InterruptedException {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("..", document)));
        int found = 0;
        for (; example.find(); found++) {
            Path output = dir.resolve("output" + found);
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "heddle.cli.Main"));
            command.addAll(List.of(example.group(1).split(" ")));
            int exit = new ProcessBuilder(command)
                    .directory(Path.of("..").toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
            String text = Files.readString(output);
            assertEquals(DONE, exit, text);
            assertEquals(example.group(2), text, "./heddle " + example.group(1) + " in " + document);
        }
        assertTrue(found > 0, document + " has no example");
    }

    private int run(String model, List<String> options) {
        List<String> arguments = new ArrayList<>(
                List.of("explain", MODELS.resolve(model + ".heddle").toString()));
        arguments.addAll(options);
        return run(arguments);
    }

    private int run(List<String> arguments) {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        int code = Main.run(arguments.toArray(String[]::new), InputStream.nullInputStream(), writer, writer);
        writer.flush();
        printed = out.toString();
        return code;
    }
}
