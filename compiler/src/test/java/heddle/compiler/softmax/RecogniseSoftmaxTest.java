package heddle.compiler.softmax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import heddle.compiler.RandomRun;
import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.Softmax;
import heddle.compiler.pass.EliminateCommonSubexpressions;
import heddle.compiler.pass.EliminateDeadCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecogniseSoftmaxTest {
    private static final String X = "dim N\ninput x: f32[3, N, 4]\n";

    private static Graph graph(String body) {
        return new EliminateCommonSubexpressions().run(Elaborated.of(X + body).graph());
    }

    /** All that is left is one softmax along {@code axis}, and it means what was written. */
    private static void assertBecomesSoftmax(int axis, String body) {
        assertBecomes(new Softmax(axis), body);
    }

    private static void assertBecomes(Softmax softmax, String body) {
        Graph before = graph(body);
        Graph after = new EliminateDeadCode().run(SoftmaxRules.RECOGNISE.run(before));
        assertEquals(
                List.of("input", "softmax"),
                after.nodes().stream().map(n -> n.op().name()).toList(),
                () -> GraphText.print(after));
        assertEquals(softmax, after.nodes().getLast().op());
        RandomRun run = RandomRun.of(before, 7, Map.of("N", 5L));
        RandomRun.assertClose(run.run(before), run.run(after), 1e-9, body);
    }

    private static void assertDoesNotFire(String body) {
        Graph before = graph(body);
        assertSame(before, SoftmaxRules.RECOGNISE.run(before), () -> GraphText.print(before));
    }

    @Test
    void withoutAMaximum() {
        assertBecomesSoftmax(2, """
                let e = exp(x)
                output y = e / sum(e, axis = -1, keepdims = true)
                """);
    }

    @Test
    void timesTheReciprocalOfTheSum() {
        assertBecomesSoftmax(2, """
                let e = exp(x)
                output y = 1.0 / sum(e, axis = -1, keepdims = true) * e
                """);
        assertDoesNotFire("""
                let e = exp(x)
                output y = 2.0 / sum(e, axis = -1, keepdims = true) * e
                """);
    }

    @Test
    void withAMaximum() {
        assertBecomesSoftmax(2, """
                let e = exp(x - max(x, axis = -1, keepdims = true))
                output y = e / sum(e, axis = -1, keepdims = true)
                """);
    }

    @Test
    void alongAnInnerAxisWithAnAxisPutBack() {
        assertBecomesSoftmax(1, """
                let e = exp(x - unsqueeze(max(x, axis = 1), 1))
                output y = e / unsqueeze(sum(e, axis = 1), 1)
                """);
    }

    @Test
    void shiftOfASoftmax() {
        assertBecomesSoftmax(0, "output y = softmax(x - max(x, axis = 0, keepdims = true), axis = 0)");
    }

    @Test
    void exponentialsOfTheLogarithm() {
        assertBecomesSoftmax(2, "output y = exp(log_softmax(x, axis = -1))");
        assertBecomesSoftmax(1, "output y = exp(x - log(sum(exp(x), axis = 1, keepdims = true)))");
    }

    @Test
    void guardsAgainstRowsOfNothing() {
        assertBecomesSoftmax(2, """
                let e = exp(x)
                let total = sum(e, axis = -1, keepdims = true)
                output y = e / where(total == 0.0, 1.0, total)
                """);
    }

    /** The same guard by another comparison, turned round or denied. */
    @Test
    void guardsHoweverTheyAreCompared() {
        for (String guarded : List.of(
                "where(0.0 == total, 1.0, total)",
                "where(total <= 0.0, 1.0, total)",
                "where(0.0 >= total, 1.0, total)",
                "where(0.0 < total, total, 1.0)",
                "where(not (total == 0.0), total, 1.0)",
                "where(not (total > 0.0), 1.0, total)")) {
            assertBecomesSoftmax(2, """
                    let e = exp(x)
                    let total = sum(e, axis = -1, keepdims = true)
                    output y = e / %s
                    """.formatted(guarded));
        }
    }

    @Test
    void comparisonsThatAreNoGuards() {
        for (String other : List.of(
                "where(total >= 0.0, total, 1.0)",
                "where(total < 0.0, 1.0, total)",
                "where(0.0 > total, total, 1.0)",
                "where(not (total == 0.0), 1.0, total)",
                "where(total <= 0.5, 1.0, total)")) {
            assertDoesNotFire("""
                    let e = exp(x)
                    let total = sum(e, axis = -1, keepdims = true)
                    output y = e / %s
                    """.formatted(other));
        }
    }

    @Test
    void aNumberBesideASumThatIsShiftedByItsMaximum() {
        assertBecomes(new Softmax(2, 3), """
                let e = exp(x - max(x, axis = -1, keepdims = true))
                output y = e / (sum(e, axis = -1, keepdims = true) + 3.0)
                """);
        assertDoesNotFire("""
                let e = exp(x - max(x, axis = -1, keepdims = true))
                output y = e / (sum(e, axis = -1, keepdims = true) - 0.5)
                """);
    }

    @Test
    void aTermThatMayBeNegative() {
        assertDoesNotFire("""
                let e = exp(x)
                output y = e / (sum(e, axis = -1, keepdims = true) - 1.0)
                """);
        assertDoesNotFire("""
                let e = exp(x)
                output y = e / (sum(e, axis = -1, keepdims = true) + x[:, :, 0:1])
                """);
    }

    @Test
    void aTermThatIsNotShiftedLikeTheSum() {
        assertDoesNotFire("output y = exp(x - x[:, 0:1, :]) / sum(exp(x - x[:, :, 0:1]), axis = -1, keepdims = true)");
    }

    @Test
    void aSumAlongAnotherAxisThanItIsSpreadOver() {
        assertDoesNotFire("""
                let square = x[:, 0:4, :]
                let e = exp(square)
                output y = e / sum(e, axis = 1)[:, :, new]
                """);
    }

    @Test
    void aSumOfSomethingElse() {
        assertDoesNotFire("output y = exp(x) / sum(exp(x * 2.0), axis = -1, keepdims = true)");
    }

    @Test
    void aSumOverTwoAxes() {
        assertDoesNotFire("""
                let e = exp(x)
                output y = e / sum(e, axis = [1, 2], keepdims = true)
                """);
    }

    @Test
    void aSoftmaxWithAnotherShift() {
        assertDoesNotFire("output y = softmax(x - min(x, axis = -1, keepdims = true), axis = -1)");
    }

    @Test
    void layerNormalisation() {
        assertDoesNotFire("output y = normalize(x, axis = -1)");
    }

    /** Weights that are exponentials themselves, divided by sums of their own again: each round of the rules leaves less to spell. */
    @Test
    void weightsThatAreExponentialsComeToAnEnd() {
        Graph before = graph("""
                input w: f32[3, N, 4]
                let e = exp(x - max(x, axis = -1, keepdims = true))
                let p = e * exp(w) / sum(e, axis = -1, keepdims = true)
                output y = p / sum(p, axis = -1, keepdims = true)
                """);
        RandomRun run = RandomRun.of(before, 7, Map.of("N", 5L));
        Graph after = SoftmaxRules.SPELL.run(before);
        RandomRun.assertClose(run.run(before), run.run(after), 1e-9, GraphText.print(after));
    }
}
