package heddle.compiler.join;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Softmax;
import heddle.compiler.pass.EliminateCommonSubexpressions;
import heddle.compiler.pass.EliminateDeadCode;
import heddle.compiler.rule.RuleAssert;
import heddle.compiler.softmax.SoftmaxRules;
import org.junit.jupiter.api.Test;

class SplitProbabilitiesTest {
    private static final String TWO = """
            input q: f32[2, 4, 3]
            input k: f32[2, 5, 3]
            input v: f32[2, 5, 7]
            input w: f32[4, 5, 7]
            let s = q @ transpose(k)
            fn written(s) = exp(s) / sum(exp(s), axis = -1, keepdims = true)
            let p = written(s), r = written(s * 0.5), t = written(-s)
            """;

    /** With written softmaxes recognised: what is a softmax from the start is split when the model is built. */
    private static Graph graph(String output) {
        Graph simple = new EliminateCommonSubexpressions()
                .run(Elaborated.of(TWO + "output o = " + output).graph());
        return new EliminateDeadCode().run(SoftmaxRules.RECOGNISE.run(simple));
    }

    /** Products with the values that read a softmax, or what is made of one alone. */
    private static void assertProducts(int count, String output) {
        Graph after = new EliminateDeadCode().run(SplitProbabilities.RULES.run(graph(output)));
        long products = after.nodes().stream()
                .filter(n -> n.op() instanceof Contract)
                .filter(n -> after.ancestors(n).stream().anyMatch(a -> a.op() instanceof Softmax))
                .count();
        assertEquals(count, products, () -> GraphText.print(after));
    }

    private static void assertKept(String output) {
        RuleAssert.of(SplitProbabilities.RULES, graph(output)).doesNotFire();
    }

    @Test
    void termsOfASum() {
        assertProducts(2, "(p - 0.5 * r) @ v");
        assertProducts(3, "(p - 0.5 * r + t) @ v");
        assertProducts(3, "(p - (r + t)) @ v");
        assertProducts(3, "(0.5 * (p - (r + t) / 3.0)) @ v");
    }

    @Test
    void onEitherSide() {
        assertProducts(2, "einsum(\"bje,bij->bie\", v, p - r)");
    }

    /** What is done to a sum on the way to the values is done to each term. */
    @Test
    void whateverIsDoneToEachTerm() {
        assertProducts(2, "-(p - r) @ v");
        assertProducts(2, "where(iota(5) < 3, p - r, 0.0) @ v");
        assertProducts(2, "where(iota(5) < 3, 0.0, (p - r) * 0.5) @ v");
        assertProducts(2, "transpose(v) @ transpose(p - r)");
    }

    @Test
    void ofSeveralProducts() {
        assertProducts(4, "(p - r) @ v + (p - r) @ (v * 2.0)");
    }

    @Test
    void notWhereASelectionReadsOrAddsSomethingElse() {
        assertKept("where(p > r, p - r, 0.0) @ v");
        assertKept("where(iota(5) < 3, p - r, 1.0) @ v");
    }

    /** A number, a matrix: what is not made of scores meets the values by itself. */
    @Test
    void sumsWithSomethingElse() {
        assertProducts(1, "(p + 0.5) @ v");
        assertProducts(2, "(p - 0.5 * (r + 0.25) + v[..., 0:5][:, 0:4]) @ v");
        assertProducts(3, "(p - 0.5) @ transpose(r - 0.25)");
    }

    /** Each would be a product of its own. */
    @Test
    void notSumsWithSeveralTensors() {
        assertKept("(p - w[:, :, 0] + cast(iota(5), f32)) @ v");
    }

    @Test
    void notSumsWithScores() {
        assertKept("(p - s) @ v");
        assertKept("(p - mean(p, axis = -1, keepdims = true)) @ v");
        assertKept("p * r @ v");
    }

    @Test
    void notSumsThatAreReadElsewhere() {
        assertKept("(p - r) @ v + sum(p - r)");
    }
}
