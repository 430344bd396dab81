package heddle.compiler.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.PassResult;
import heddle.compiler.op.Elementwise;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleSetTest {
    /** {@code from(x)} becomes {@code to(x)}. */
    private record Turn(ScalarFn from, ScalarFn to) implements Rule {
        @Override
        public String name() {
            return from + "-to-" + to;
        }

        @Override
        public Outcome apply(Node node, RuleContext context) {
            return ElementReference.is(node, from)
                    ? Outcome.Replaced.by(
                            node,
                            context.out()
                                    .value(
                                            new Elementwise(to),
                                            node.origin(),
                                            context.get(context.graph().operand(node, 0))))
                    : NO_MATCH;
        }
    }

    /** Declines every function of a kind. */
    private record Refuse(ScalarFn fn) implements Rule {
        @Override
        public String name() {
            return "refuse";
        }

        @Override
        public Outcome apply(Node node, RuleContext context) {
            return ElementReference.is(node, fn) ? new Outcome.Declined(node, "not this", "another") : NO_MATCH;
        }
    }

    private static Graph graph() {
        return Elaborated.of("input x: f32[3]\noutput o = sin(x) + cos(x)\n").graph();
    }

    private static long count(Graph graph, ScalarFn fn) {
        return graph.nodes().stream().filter(n -> ElementReference.is(n, fn)).count();
    }

    @Test
    void appliesRulesUntilNoneApplies() {
        RuleSet rules = new RuleSet(
                "turn",
                List.of(new Turn(ScalarFn.SIN, ScalarFn.COS), new Turn(ScalarFn.COS, ScalarFn.EXP)),
                g -> 2 * count(g, ScalarFn.SIN) + count(g, ScalarFn.COS));
        PassResult result = rules.apply(graph());
        assertEquals(2, count(result.graph(), ScalarFn.EXP));
        assertEquals(
                List.of("SIN-to-COS", "COS-to-EXP", "COS-to-EXP"),
                result.decisions().stream().map(Decision::rule).toList());
    }

    @Test
    void givesTheGraphItselfAndSaysWhatWasDeclined() {
        Graph graph = graph();
        PassResult result = new RuleSet("refuse", List.of(new Refuse(ScalarFn.SIN)), g -> 0).apply(graph);
        assertSame(graph, result.graph());
        assertEquals(1, result.decisions().size());
        Decision decision = result.decisions().getFirst();
        assertTrue(ElementReference.is(decision.node(), ScalarFn.SIN));
        assertEquals(new Outcome.Declined(decision.node(), "not this", "another"), decision.outcome());
    }

    @Test
    void aMeasureThatDoesNotFallIsABug() {
        RuleSet rules = new RuleSet("turn", List.of(new Turn(ScalarFn.SIN, ScalarFn.COS)), g -> 1);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> rules.apply(graph()));
        assertTrue(e.getMessage().contains("SIN-to-COS"), e.getMessage());
    }

    /** The measure is wrong here: it falls without end. */
    @Test
    void rulesWithoutEndAreABugThatNamesTheLastFive() {
        long[] measure = {0};
        RuleSet rules = new RuleSet(
                "turn",
                List.of(new Turn(ScalarFn.SIN, ScalarFn.TANH), new Turn(ScalarFn.TANH, ScalarFn.SIN)),
                g -> measure[0]--);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> rules.apply(graph()));
        assertTrue(
                e.getMessage().endsWith("SIN-to-TANH, TANH-to-SIN, SIN-to-TANH, TANH-to-SIN, SIN-to-TANH")
                        || e.getMessage().endsWith("TANH-to-SIN, SIN-to-TANH, TANH-to-SIN, SIN-to-TANH, TANH-to-SIN"),
                e.getMessage());
    }
}
