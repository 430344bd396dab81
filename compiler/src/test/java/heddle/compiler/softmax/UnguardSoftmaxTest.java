package heddle.compiler.softmax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.GraphText;
import heddle.compiler.pass.EliminateCommonSubexpressions;
import heddle.compiler.pass.EliminateDeadCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnguardSoftmaxTest {
    private static Graph graph(String body) {
        Graph graph = Elaborated.of("dim N\ninput x: f32[3, N]\ninput y: f32[3, N]\n" + body)
                .graph();
        return new EliminateCommonSubexpressions().run(graph);
    }

    private static void assertTakenOff(String body) {
        Graph after = new EliminateDeadCode().run(new UnguardSoftmax().run(graph(body)));
        assertEquals(
                List.of("input", "input", "softmax"),
                after.nodes().stream().map(n -> n.op().name()).toList(),
                () -> GraphText.print(after));
    }

    private static void assertKept(String body) {
        Graph before = graph(body);
        assertSame(before, new UnguardSoftmax().run(before), () -> GraphText.print(before));
    }

    @Test
    void whereAllAreMinusInfinity() {
        assertTakenOff("output o = where(all(x == -inf, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
        assertTakenOff("output o = where(all(x == -inf, axis = 1)[:, new], 0.0, softmax(x, axis = 1))");
        assertTakenOff("output o = where(any(x != -inf, axis = 1, keepdims = true), softmax(x, axis = 1), 0.0)");
        assertTakenOff("output o = where(max(x, axis = 1, keepdims = true) == -inf, 0.0, softmax(x, axis = 1))");
    }

    @Test
    void whicheverSideOfTheComparisonMinusInfinityIsOn() {
        assertTakenOff("output o = where(-inf == max(x, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
        assertTakenOff("output o = where(all(-inf == x, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
    }

    @Test
    void notWhereOtherRowsOrAxesAreLookedAt() {
        assertKept("output o = where(all(y == -inf, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
        assertKept("output o = where(all(x == -inf, axis = 0, keepdims = true), 0.0, softmax(x, axis = 1))");
    }

    @Test
    void notWhereSomeSufficeOrTheFillIsAnother() {
        assertKept("output o = where(any(x == -inf, axis = 1, keepdims = true), 0.0, softmax(x, axis = 1))");
        assertKept("output o = where(all(x == -inf, axis = 1, keepdims = true), 1.0, softmax(x, axis = 1))");
        assertKept("output o = where(all(x == -inf, axis = 1, keepdims = true), softmax(x, axis = 1), 0.0)");
    }

    /** A row of NaN has no score above minus infinity; softmax keeps the NaN. */
    @Test
    void notWhereNaNWouldBeDropped() {
        assertKept("output o = where(max(x, axis = 1, keepdims = true) > -inf, softmax(x, axis = 1), 0.0)");
    }
}
