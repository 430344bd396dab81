package heddle.compiler.report;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Probabilities;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Scores that are distances of queries and keys, written as a sum over the squares of their differences. */
final class SquaredDistance {
    private final Graph graph;
    private final Dependence dependence;

    SquaredDistance(Graph graph, Dependence dependence) {
        this.graph = graph;
        this.dependence = dependence;
    }

    /** What a softmax before values should be made of instead, if it is made of such scores. */
    Optional<Outcome.Declined> before(Node softmax) {
        return meetsValues(softmax) ? distance(softmax).map(this::declined) : Optional.empty();
    }

    private Outcome.Declined declined(Node sum) {
        return new Outcome.Declined(
                sum,
                SourceExcerpt.of(sum)
                        + " sums squares of differences, so that the scores are no product of queries and keys",
                "write the squares out: the sum of q * q for each query, that of k * k for each key, less 2 * q @ transpose(k)");
    }

    private boolean meetsValues(Node softmax) {
        try {
            return Probabilities.of(graph, softmax).stream().anyMatch(p -> dependence.isProductOfComputed(p.product()));
        } catch (DeclinedException declined) {
            return false;
        }
    }

    private Optional<Node> distance(Node softmax) {
        Set<Node> seen = new HashSet<>(Set.of(softmax));
        Deque<Node> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (Value operand : graph.operands(open.remove())) {
                Node node = operand.node();
                if (isDistance(node)) {
                    return Optional.of(node);
                }
                if (node.op() instanceof Pointwise && seen.add(node)) {
                    open.add(node);
                }
            }
        }
        return Optional.empty();
    }

    private boolean isDistance(Node node) {
        return Reduce.is(node, Reduction.SUM) && isSquare(graph.operand(node, 0).node());
    }

    private boolean isSquare(Node node) {
        boolean isProduct = ElementReference.is(node, ScalarFn.MUL)
                && graph.operand(node, 0).equals(graph.operand(node, 1));
        boolean isPower = ElementReference.is(node, ScalarFn.POW)
                && ElementReference.in(graph.operand(node, 1))
                        .behindViews(graph)
                        .is(2);
        return (isProduct || isPower) && isDifference(graph.operand(node, 0).node());
    }

    /** Whether a node is a difference of which each side is read for many of its elements. */
    private boolean isDifference(Node node) {
        return ElementReference.is(node, ScalarFn.SUB)
                && graph.operands(node).stream()
                        .noneMatch(v -> v.type().shape().equals(node.type().shape()));
    }
}
