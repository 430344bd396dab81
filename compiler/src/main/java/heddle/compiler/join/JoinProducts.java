package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Probabilities;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Turns scores that are a sum of two matmuls into one matmul, so that they can be fused:
 *
 * <pre>
 * q · k + p · r                    → [q, p] · [k, r]
 * q · k - p · r / 4                → [q, -p / 4] · [k, r]
 * where(m, q · k + b, -inf) + p · r → where(m, [q, p] · [k, r] + b, -inf)
 * </pre>
 *
 * Models write this when one part of queries and keys knows positions, such as DeepSeek-V2's rotated part, whose keys
 * all heads share (arXiv:2405.04434, section 2.1.3). The joined features are copied. With many queries this costs
 * little compared with the scores; with one query it costs more.
 */
public record JoinProducts() implements Pass {
    @Override
    public String name() {
        return "join-products";
    }

    @Override
    public Graph run(Graph graph) {
        Graph before = graph;
        Graph after = joined(before);
        while (after != before) {
            before = after;
            after = joined(before); // A sum of three products is a sum of two now.
        }
        return after;
    }

    private static Graph joined(Graph graph) {
        Set<Node> sums = sumsInScores(graph);
        return sums.isEmpty()
                ? graph
                : Rewriter.replace(
                        graph,
                        (node, rewriter) -> sums.contains(node)
                                ? ProductSum.at(graph, node).map(sum -> sum.addTo(rewriter))
                                : Optional.empty());
    }

    /** Sums from which scores are made that meet values after the softmax. */
    private static Set<Node> sumsInScores(Graph graph) {
        Set<Node> scores = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Softmax && meetsValues(graph, node)) {
                open.add(graph.operand(node, 0).node());
            }
        }
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (node.op() instanceof Pointwise && scores.add(node)) {
                graph.operands(node).forEach(v -> open.push(v.node()));
            }
        }
        scores.removeIf(n -> !ElementReference.is(n, ScalarFn.ADD) && !ElementReference.is(n, ScalarFn.SUB));
        return scores;
    }

    private static boolean meetsValues(Graph graph, Node softmax) {
        try {
            return !Probabilities.of(graph, softmax).isEmpty();
        } catch (DeclinedException declined) {
            return false;
        }
    }
}
