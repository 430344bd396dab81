package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.op.Reduce;
import heddle.compiler.scalar.Reduction;
import java.util.Optional;

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
public record MaskExponents() implements Pass {
    @Override
    public String name() {
        return "mask-exponents";
    }

    @Override
    public Graph run(Graph graph) {
        return Rewriter.replace(
                graph,
                (node, rewriter) -> isSummed(graph, node)
                        ? MaskedExponential.of(graph, node)
                                .filter(e -> e.exp() != node)
                                .map(e -> e.addTo(graph, rewriter, node.origin()))
                        : Optional.empty());
    }

    private static boolean isSummed(Graph graph, Node node) {
        return graph.users(node).stream().anyMatch(u -> u.op() instanceof Reduce r && r.kind() == Reduction.SUM);
    }
}
