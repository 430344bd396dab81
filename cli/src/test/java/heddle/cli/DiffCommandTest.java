package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code heddle diff} between models, reports that were kept, and sets of options. */
class DiffCommandTest {
    private static final String FUSED = "merge_heads(attention(q, k, v))";
    private static final String ROUNDED =
            "merge_heads(if l == 3 then round(softmax(where(real, q @ transpose(k) / sqrt(size(q, -1)), -inf), "
                    + "axis = -1) * 255.0) @ v / 255.0 else attention(q, k, v))";

    @TempDir
    Path dir;

    private String minilm;

    @BeforeEach
    void readModel() throws IOException {
        minilm = Files.readString(Path.of("..", "examples", "minilm.heddle"));
    }

    private Path write(String name, String model) throws IOException {
        return Files.writeString(dir.resolve(name), model);
    }

    private Path baseline(String name, Path model) {
        Path file = dir.resolve(name);
        String format = name.endsWith(".html") ? "html" : "report";
        Ran ran = Ran.command("inspect", model, "-D", "B=1", "-D", "N=512", "--format", format, "-o", file);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        return file;
    }

    private Map<String, Object> json(Object... words) throws IOException {
        Object[] all = new Object[words.length + 3];
        all[0] = "diff";
        System.arraycopy(words, 0, all, 1, words.length);
        all[words.length + 1] = "--format";
        all[words.length + 2] = "json";
        Ran ran = Ran.command(all);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        return JSON.std.mapFrom(ran.out());
    }

    /** One line of layer 3 keeps its attention from fusing: that is what is said, and CI fails. */
    @Test
    void oneLostAttentionIsShownAsThat() throws IOException {
        assertTrue(minilm.contains(FUSED));
        Path before = baseline("base.json", write("minilm.heddle", minilm));
        Path now = write("rounded.heddle", minilm.replace(FUSED, ROUNDED));
        Ran ran = Ran.command("diff", "--fail-on", "unfused,kernels:+3,peak:+5%", before, now);
        assertEquals(ExitCode.WORSE, ran.code(), ran.toString());
        List<String> lines = ran.out().lines().toList();
        assertEquals("1 attention is no longer fused", lines.get(3));
        assertTrue(lines.get(5).startsWith("lost  layer.3/self_attention:softmax#1"), lines.get(5));
        assertEquals("  the probabilities are changed by more than a factor before they meet the values", lines.get(6));
        assertEquals("  --> " + now + ":40:46", lines.get(7));
        assertTrue(lines.get(8).startsWith("  = hint: multiply probabilities with factors"), lines.get(8));
        assertTrue(ran.out().contains("layers equal: 5 (layer.0, layer.1, layer.2, layer.4, layer.5)"), ran.out());
        assertTrue(ran.out().contains("failed  unfused     layer.3/self_attention:softmax#1 at " + now), ran.out());
        assertTrue(ran.out().contains("met     kernels:+3  62 → 65, +3"), ran.out());
        assertTrue(ran.out().contains("failed  peak:+5%    5.5 MB → 27.5 MB, +400 %"), ran.out());
    }

    @Test
    void aRenamedVariableIsNoDifference() throws IOException {
        Path before = baseline("base.json", write("minilm.heddle", minilm));
        Path now = write(
                "renamed.heddle", minilm.replace("let words", "let pieces").replace("(words +", "(pieces +"));
        Ran ran = Ran.command("diff", "--fail-on", "unfused,changed,kernels", before, now);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(
                ran.out().contains("\nNo difference: 535 nodes as written are equal, 2 of them renamed\n"), ran.out());
        assertFalse(ran.out().contains("failed"), ran.out());
    }

    @Test
    void aPageIsReadAsItsDataIs() throws IOException {
        Path model = write("minilm.heddle", minilm);
        Map<String, Object> diff = json(baseline("base.html", model), baseline("base.json", model));
        assertEquals(true, diff.get("equal"));
        Path page = dir.resolve("diff.html");
        assertEquals(
                ExitCode.DONE,
                Ran.command("diff", dir.resolve("base.html"), model, "-o", page).code());
        // The page is a report of the second model, and compares as one.
        assertEquals(true, json(page, dir.resolve("base.json")).get("equal"));
        String html = Files.readString(page);
        assertTrue(html.contains("id=\"a.graph\"") && html.contains("id=\"diff\""));
        assertTrue(html.length() < 500_000, "page of " + html.length() + " characters");
    }

    @Test
    void oneModelUnderTwoSetsOfOptions() throws IOException {
        Path model = write("minilm.heddle", minilm);
        Map<String, Object> machines = json(model, "-D", "B=1", "-D", "N=512", "--b", "--machine h100");
        assertEquals("tornado", ((Map<?, ?>) machines.get("b")).get("target"));
        assertEquals(List.of(), ((Map<?, ?>) machines.get("optimised")).get("added"));
        Map<String, Object> lengths = json(model, "-D", "B=1", "--a", "-D N=64", "--b", "-D N=512");
        assertEquals(false, lengths.get("sameLengths"));
        assertEquals(6, ((List<?>) lengths.get("kept")).size());
    }

    @Test
    void limitsNeedEqualLengthsAndNumbers() throws IOException {
        Path model = write("minilm.heddle", minilm);
        Ran other = Ran.command("diff", model, "-D", "B=1", "--a", "-D N=64", "--b", "-D N=512", "--fail-on", "peak");
        assertEquals(ExitCode.USAGE, other.code(), other.toString());
        assertTrue(other.err().contains("other lengths, {B=1, N=64} and {B=1, N=512}"), other.err());
        Ran open = Ran.command("diff", model, model, "--fail-on", "peak:+5%");
        assertEquals(ExitCode.USAGE, open.code(), open.toString());
        assertTrue(open.err().contains("peak needs all lengths; add -D"), open.err());
        Ran time = Ran.command("diff", model, model, "--fail-on", "time:+5%");
        assertTrue(time.err().contains("time needs reports of runs that were measured"), time.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "speed|'speed' is no limit; there are unfused, changed, kernels, peak, bytes, flops, time",
                "peak:5%|'5%' in peak:5% is no growth, such as +5% or +10MB",
                "peak:+5|'+5' is no growth of peak, which is one such as +5% or +10MB",
                "kernels:+1.5|'+1.5' is no growth of kernels, which is one such as +5% or +2",
                "unfused:+1|unfused takes no amount, and has :+1",
                "unfused,|'' is no limit",
            })
    void aWrongLimitIsTold(String limit, String message) throws IOException {
        Path model = write("m.heddle", "input x: f32[4]\noutput y = exp(x)\n");
        Ran ran = Ran.command("diff", model, model, "--fail-on", limit);
        assertEquals(ExitCode.USAGE, ran.code(), ran.toString());
        assertTrue(ran.err().contains(message), ran.err());
    }

    @Test
    void whatIsNoReportIsTold() throws IOException {
        Path model = write("m.heddle", "input x: f32[4]\noutput y = exp(x)\n");
        for (String text : List.of(
                "{}",
                "[]",
                "{",
                "",
                "{\"head\": 1}",
                "{\"head\": {\"schema\": \"heddle.report/2\"}}",
                "{\"head\":{\"schema\":\"heddle.report/1\",\"lengths\":{}},\"graph\":{\"stages\":[1],\"nodes\":{},"
                        + "\"outputs\":[]},\"attention\":{},\"source\":{},\"decisions\":[],\"plan\":{}}")) {
            Ran ran = Ran.command("diff", write("report.json", text), model);
            assertEquals(ExitCode.WRONG_INPUT, ran.code(), text + ran);
            assertTrue(ran.err().contains("H0811") && ran.err().contains("report.json"), text + ran);
        }
        Ran page = Ran.command("diff", write("report.html", "<p>no sections</p>"), model);
        assertEquals(ExitCode.WRONG_INPUT, page.code(), page.toString());
        assertEquals(
                ExitCode.WRONG_INPUT,
                Ran.command("diff", dir.resolve("none.json"), model).code());
    }

    @Test
    void twoSidesAreNeeded() throws IOException {
        Path model = write("m.heddle", "input x: f32[4]\noutput y = exp(x)\n");
        Ran one = Ran.command("diff", model);
        assertEquals(ExitCode.USAGE, one.code());
        assertTrue(one.err().contains("the second side is missing"), one.err());
        Ran report = Ran.command("diff", dir.resolve("base.json"), model, "--a", "-D N=3");
        assertEquals(ExitCode.USAGE, report.code());
        assertTrue(report.err().contains("--a has options for a model"), report.err());
        Ran wrong = Ran.command("diff", model, "--b", "--machines avx2");
        assertEquals(ExitCode.USAGE, wrong.code());
        assertTrue(wrong.err().contains("--b: "), wrong.err());
    }
}
