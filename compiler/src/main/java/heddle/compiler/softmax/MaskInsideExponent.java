package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;

/**
 * Moves a mask from exponentials that are summed into their exponents, where a written-out softmax has it.
 *
 * <pre>
 * where(m, exp(y), 0)       → exp(where(m, y, -inf))
 * exp(y) * m                → exp(where(m, y, -inf))          where m is zero or one, by how it is made
 * where(m, exp(x - c), 0)   → exp(where(m, where(m, x, -inf) - c, -inf))
 * </pre>
 *
 * An exponential that overflows and is multiplied by zero is meant to be zero.
 */
public record MaskInsideExponent() implements Rule {
    @Override
    public String name() {
        return "mask-inside-exponent";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        return isSummed(graph, node)
                ? MaskedExponential.of(graph, node)
                        .filter(e -> e.exp() != node)
                        .<Outcome>map(e -> Outcome.Replaced.by(node, e.addTo(graph, context.rewriter(), node.origin())))
                        .orElse(NO_MATCH)
                : NO_MATCH;
    }

    private static boolean isSummed(Graph graph, Node node) {
        return graph.users(node).stream().anyMatch(u -> Reduce.is(u, Reduction.SUM));
    }
}
