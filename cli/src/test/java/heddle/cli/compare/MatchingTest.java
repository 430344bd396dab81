package heddle.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.page.Inspected;
import heddle.cli.page.Report;
import heddle.compiler.Compiler.Fusion;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which nodes of two models are the same: what they compute decides, not what they are called. */
class MatchingTest {
    private static final String HEADS = """
            dim N
            input q: f32[N, 8]
            input k: f32[N, 8]
            input v: f32[N, 8]
            """;
    private static final String ATTENTION = HEADS + "output o = softmax(q @ transpose(k), axis = -1) @ v\n";
    private static final String MLP = """
            dim N
            input x: f32[N, 8]
            fn linear(x, name) = x @ weight "{name}.weight" : f32[8, 8] + weight "{name}.bias" : f32[8]
            let h = relu(linear(x, "up"))
            let g = relu(linear(x, "gate"))
            output y = linear(h * g, "down")
            """;

    @TempDir
    Path dir;

    private ComparedReport report(String name, String model) throws IOException {
        HeddleModel declared = Heddle.model(Files.writeString(dir.resolve(name), model));
        Inspected inspected =
                Inspected.of(declared, declared.compilation(Fusion.FUSED), "jvm", declared.fixedLengths());
        return ComparedReport.of(name, Report.of(inspected, "test"));
    }

    private Comparison compare(String before, String now) throws IOException {
        return Comparison.of(report("a.heddle", before), report("b.heddle", now));
    }

    @Test
    void aModelIsEqualToItself() throws IOException {
        for (String model : List.of(ATTENTION, MLP)) {
            Comparison comparison = compare(model, model);
            assertTrue(comparison.isEmpty());
            assertEquals(0, comparison.written().renamed());
            assertTrue(comparison.sources().isEmpty());
        }
    }

    @Test
    void renamedAndMovedIsNoChange() throws IOException {
        Comparison names = compare(
                MLP,
                MLP.replace("linear(", "project(").replace("let h", "let up").replace("h * g", "up * g"));
        assertTrue(names.isEmpty(), names.verdict());
        assertTrue(names.written().renamed() > 0);
        Comparison weights =
                compare(MLP, MLP.replace("{name}.weight", "model.{name}.w").replace("{name}.bias", "b.{name}"));
        assertTrue(weights.isEmpty(), weights.verdict());
        assertTrue(weights.written().renamed() >= 6, weights.verdict());
        String h = "let h = relu(linear(x, \"up\"))\n";
        String g = "let g = relu(linear(x, \"gate\"))\n";
        Comparison moved = compare(MLP, MLP.replace(h + g, g + h));
        assertTrue(moved.isEmpty(), moved.verdict());
    }

    @Test
    void whatIsReadElsewhereIsAChange() throws IOException {
        Comparison swapped = compare(ATTENTION, ATTENTION.replace("q @ transpose(k)", "k @ transpose(q)"));
        assertFalse(swapped.isEmpty());
        assertTrue(swapped.written().changed().stream().allMatch(c -> c.what().startsWith("operand")));
        Comparison weights = compare(
                MLP,
                MLP.replace("\"up\"", "\"?\"")
                        .replace("\"gate\"", "\"up\"")
                        .replace("\"?\"", "\"gate\"")
                        .replace("h * g", "h * g * g"));
        assertFalse(weights.isEmpty());
        Comparison output = compare(MLP + "output z = h\n", MLP + "output z = g\n");
        assertFalse(output.isEmpty());
        assertEquals(1, output.written().outputs().size());
    }

    @Test
    void oneNodeMoreIsOneNodeMore() throws IOException {
        Comparison more = compare(MLP, MLP.replace("relu(linear(x, \"up\"))", "tanh(relu(linear(x, \"up\")))"));
        assertEquals(1, more.written().added().size(), more.verdict());
        assertEquals("tanh", more.written().added().getFirst().op());
        assertEquals(
                0, more.written().removed().size() + more.written().changed().size());
        Comparison less = compare(MLP.replace("h * g", "exp(h * g)"), MLP);
        assertEquals(1, less.optimised().removed().size());
        assertEquals(
                0, less.optimised().added().size() + less.optimised().changed().size());
    }

    @Test
    void anotherNumberIsAChangeOfThatNumber() throws IOException {
        Comparison scaled = compare(MLP.replace("h * g", "h * g * 2.0"), MLP.replace("h * g", "h * g * 3.0"));
        assertEquals(1, scaled.written().changed().size());
        assertEquals("constant", scaled.written().changed().getFirst().now().op());
        assertTrue(scaled.written().changed().getFirst().what().contains(" → "));
    }

    @Test
    void attentionsAreLostGoneAndGained() throws IOException {
        String declined = HEADS + "let p = softmax(q @ transpose(k), axis = -1)\noutput o = p @ v\noutput p = p\n";
        AttentionDifference lost = compare(ATTENTION, declined).attentions();
        assertEquals(1, lost.lost().size());
        assertTrue(lost.lost().getFirst().now().isPresent());
        assertEquals(1, compare(declined, ATTENTION).attentions().gained().size());
        String none = HEADS + "output o = q * k + v\n";
        Comparison gone = compare(ATTENTION, none);
        assertTrue(gone.attentions().lost().getFirst().now().isEmpty());
        assertEquals("1 attention that was fused is gone", gone.verdict());
        assertFalse(gone.check(Limit.parse("unfused")).areMet());
        assertEquals("1 attention is new, and fused", compare(none, ATTENTION).verdict());
        assertEquals(1, compare(declined, declined).attentions().declined().size());
    }
}
