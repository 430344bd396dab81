package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --require-fused} makes of lengths that leave nothing of an attention, and what a memory budget adds. */
class ExplainCommandTest {
    private static final String FUSED =
            "dim B, N\ninput q: f32[B, N, 8]\noutput o = softmax(q @ transpose(q), axis = -1) @ q\n";

    @TempDir
    Path dir;

    private Ran explain(String model, String... options) throws IOException {
        Path file = Files.writeString(dir.resolve("m.heddle"), model);
        Object[] words = new Object[options.length + 3];
        System.arraycopy(new Object[] {"explain", file, "--require-fused"}, 0, words, 0, 3);
        System.arraycopy(options, 0, words, 3, options.length);
        return Ran.command(words);
    }

    /** Layers without attention, of which a budget has a part computed again. */
    private static final String TRAINED = """
            dim B, N = typical 64
            input x: f32[B, N, 16]
            let y = x
            for l in 0 .. 6 {
                let up = exp(tanh(y @ weight "up.{l}" : f32[16, 64]))
                y = y + up @ weight "down.{l}" : f32[64, 16]
            }
            output loss = mean(y * y)
            """;

    @Test
    void budgetsAreForTypicalLengthsAndSayIt() throws IOException {
        Path file = Files.writeString(dir.resolve("m.heddle"), TRAINED);
        Ran text = Ran.command("explain", file, "--grad", "--memory-budget", "0.7", "-D", "B=2");
        assertEquals(ExitCode.DONE, text.code(), text.toString());
        assertTrue(text.out().contains("All figures are for N=64, as the model declares.\n"), text.out());
        Ran given = Ran.command("explain", file, "--grad", "--memory-budget", "0.7", "-D", "B=2", "-D", "N=64");
        assertFalse(given.out().contains("as the model declares"), given.out());
        assertTrue(given.out().contains("Memory for gradients"), given.out());
    }

    @Test
    void jsonHasWhatIsKeptAndComputedAgain() throws IOException {
        Path file = Files.writeString(dir.resolve("m.heddle"), TRAINED);
        Ran ran = Ran.command("explain", file, "--grad", "--memory-budget", "0.7", "-D", "B=2", "--format", "json");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        Map<String, Object> memory = map(JSON.std.mapFrom(ran.out()).get("memory"));
        assertEquals(Map.of("N", 64), memory.get("typical"));
        long bytes = ((Number) memory.get("bytes")).longValue();
        long whole = ((Number) memory.get("withoutBudget")).longValue();
        assertTrue(bytes > 0 && bytes <= 0.7 * whole, bytes + " of " + whole);
        List<?> kept = (List<?>) memory.get("kept");
        assertEquals(
                Set.of("path", "operation", "result", "type", "bytes"),
                map(kept.getFirst()).keySet());
        List<?> again = (List<?>) memory.get("computedAgain");
        assertEquals(Set.of("path", "operation"), map(again.getFirst()).keySet());
        List<?> curve = (List<?>) memory.get("curve");
        assertTrue(curve.size() >= 2, curve.toString());
        assertTrue(((Number) memory.get("extra")).doubleValue() > 0, memory.toString());
        Ran without = Ran.command("explain", file, "--format", "json");
        assertFalse(JSON.std.mapFrom(without.out()).containsKey("memory"), without.out());
    }

    /** Without a budget, too, it is said what gradients cost, and that those of attention are fused. */
    /** Blocks of eight are whole for some lengths, which must be given. */
    @Test
    void aModelForSomeLengthsAloneIsExplained() throws IOException {
        Path file = Files.writeString(dir.resolve("blocks.heddle"), """
                dim N
                input x: f32[N, 16]
                let w = reshape(x, [N / 8, 8, 16])
                output o = softmax(w @ transpose(w)) @ w
                """);
        assertEquals(ExitCode.WRONG_INPUT, Ran.command("explain", file).code());
        Ran ran = Ran.command("explain", file, "-D", "N=64");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("fused 1/1 attention"), ran.out());
    }

    @Test
    void gradientsAreCountedApart() throws IOException {
        Path file = Files.writeString(
                dir.resolve("m.heddle"), FUSED.replace("output o", "let o") + "output loss = mean(o * o)\n");
        Object[] words = {"explain", file, "--grad", "--wrt", "q", "-D", "B=2", "-D", "N=64", "--format", "json"};
        Ran ran = Ran.command(words);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        Map<String, Object> gradients = map(JSON.std.mapFrom(ran.out()).get("gradients"));
        Map<String, Object> attention = map(map(gradients.get("attention")).get("softmax#1"));
        int forward = number(map(gradients.get("forward")), "kernels");
        int backward = number(map(gradients.get("backward")), "kernels");
        assertTrue(number(attention, "kernels") > 0 && number(attention, "kernels") <= backward, gradients.toString());
        assertTrue(number(attention, "flops") <= number(map(gradients.get("backward")), "flops"));
        words[0] = "compile";
        words[9] = "--emit";
        words[10] = "plan";
        List<?> launches = (List<?>) JSON.std.mapFrom(Ran.command(words).out()).get("launches");
        assertEquals(launches.size(), forward + backward);
        assertTrue(number(gradients, "memory") < number(gradients, "unfusedMemory"), gradients.toString());

        Ran text = Ran.command("explain", file, "--grad", "--wrt", "q");
        assertTrue(text.out().contains("\nfused gradient of softmax#1\n"), text.out());
        assertTrue(text.out().contains("  backward pass\n    kernels        " + backward + "\n"), text.out());
        assertFalse(text.out().contains("memory"), "lengths are not known");
        Ran without = Ran.command("explain", file);
        assertFalse(without.out().contains("gradient"), without.out());
    }

    private static int number(Map<String, Object> fields, String key) {
        return ((Number) fields.get(key)).intValue();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object json) {
        return (Map<String, Object>) json;
    }

    /** What {@code embed} does with a model is said with place and remedy. */
    @Test
    void howTextsShareRunsIsSaid() throws IOException {
        String tokens = """
                dim B, N
                input ids: i64[B, N]
                let x = embed(ids, weight "w" : f32[256, 8])
                let y = softmax(x @ transpose(x), axis = -1) @ x
                output tokens: f32[B, N, 8] = %s
                """;
        Ran packed = explain(tokens.formatted("y"));
        assertTrue(
                packed.out().endsWith("\nTexts of different length lie end to end, without padding.\n"), packed.out());
        Ran bound = explain(tokens.formatted("y"), "-D", "B=2", "-D", "N=64");
        assertTrue(
                bound.out().contains("    visited        ")
                        && bound.out().endsWith("\nTexts of different length lie end to end, without padding.\n"),
                bound.out());
        Ran paddedOf64 = explain(tokens.formatted("y + mean(x, axis = 1, keepdims = true)"), "-D", "N=64");
        assertTrue(
                paddedOf64.out().contains("\nTexts are padded: a sum goes over all tokens of a row"), paddedOf64.out());
        Ran padded = explain(tokens.formatted("y + mean(x, axis = 1, keepdims = true)"));
        String said = padded.out().substring(padded.out().lastIndexOf("\nTexts are padded: ") + 1);
        assertTrue(said.startsWith("Texts are padded: a sum goes over all tokens of a row"), padded.out());
        assertTrue(said.contains("m.heddle:5:") && said.contains("let tokens see each other by attention"), said);
        assertFalse(explain(FUSED).out().contains("Texts"));
        assertEquals(Map.of("endToEnd", true), texts(explain(tokens.formatted("y"), "--format", "json", "-D", "N=64")));
        assertEquals(
                Map.of(
                        "endToEnd",
                        false,
                        "padded",
                        said.substring("Texts are padded: ".length()).strip()),
                texts(explain(tokens.formatted("y + mean(x, axis = 1, keepdims = true)"), "--format", "json")));
        assertNull(texts(explain(FUSED, "--format", "json")));
    }

    private static Object texts(Ran json) throws IOException {
        return JSON.std.mapFrom(json.out()).get("texts");
    }

    @Test
    void attentionWithoutElementsIsLeftOut() throws IOException {
        Ran ran = explain(FUSED, "-D", "B=0");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertEquals(
                "The attention of the model is left out: it has no elements, because a length is zero (B is 0).\n",
                ran.out());
        assertEquals("", ran.err());
    }

    @Test
    void aLengthOfZeroMayStandInTheModel() throws IOException {
        Ran ran = explain(FUSED.replace("[B, N, 8]", "[0, 5, 8]"));
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("because a length is zero."), ran.out());
    }

    @Test
    void theModelCountsAsItIsForOtherLengths() throws IOException {
        String declined = FUSED.replace("output o = softmax(q @ transpose(q), axis = -1) @ q", """
                let p = softmax(q @ transpose(q), axis = -1)
                output p_too = p
                output o = p @ q""");
        assertEquals(ExitCode.NOT_FUSED, explain(declined, "-D", "B=2").code());
        Ran ran = explain(declined, "-D", "B=0");
        assertEquals(ExitCode.NOT_FUSED, ran.code(), ran.toString());
    }

    @Test
    void aModelWithoutAttentionHasNoneForLengthsOfZeroEither() throws IOException {
        Ran ran = explain("dim N\ninput x: f32[N]\noutput y = exp(x)\n", "-D", "N=0");
        assertEquals(ExitCode.NOT_FUSED, ran.code(), ran.toString());
        assertTrue(ran.err().contains("the model has no attention"), ran.err());
        assertFalse(ran.out().contains("left out"), ran.out());
    }

    @Test
    void aLossThatIsThereAndNoNumberIsNotSuggested() throws IOException {
        Path file = Files.writeString(
                dir.resolve("m.heddle"),
                "input x: f32[4]\nlet w = weight \"w\" : f32[4]\noutput score = x * w\noutput loss = sum(x * w)\n");
        Ran ran = Ran.command("explain", file, "--grad", "score");
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
        assertTrue(ran.err().contains("the loss is one float without axes, and `score` is f32[4]"), ran.err());
        assertFalse(ran.err().contains("did you mean"), ran.err());
        Ran near = Ran.command("explain", file, "--grad", "los");
        assertTrue(near.err().contains("did you mean loss?"), near.err());
        Ran far = Ran.command("explain", file, "--grad", "scor");
        assertFalse(far.err().contains("did you mean"), far.err());
    }
}
