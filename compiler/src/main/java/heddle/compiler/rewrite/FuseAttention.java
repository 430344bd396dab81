package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Softmax;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Replaces softmax attention, however it is spelled, by one operation that never stores the scores.
 *
 * <pre>
 * contract(q, k) → scale, bias, mask, … → softmax → … → contract(·, v) → permute, reshape
 *   becomes  attention(q, k, v, captured …)
 * </pre>
 */
public record FuseAttention() implements Pass {
    /** Attention at a softmax, and the node its result stands for. It comes from where the softmax comes from. */
    private record Match(Node softmax, AttentionParts.Fused fused, Node root) {}

    @Override
    public String name() {
        return "fuse-attention";
    }

    @Override
    public Graph run(Graph graph) {
        Map<Node, Match> roots = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Softmax) {
                try {
                    match(graph, node).ifPresent(m -> roots.put(m.root, m));
                } catch (DeclinedException declined) {
                    continue; // The report says why.
                }
            }
        }
        if (roots.isEmpty()) {
            return graph;
        }
        Rewriter rewriter = new Rewriter(graph);
        for (Node node : graph.nodes()) {
            Match match = roots.get(node);
            if (match == null) {
                rewriter.copy(node);
            } else {
                AttentionParts.Fused fused = match.fused;
                List<Value> operands =
                        fused.operands().stream().map(rewriter::get).toList();
                Node attention = rewriter.out().add(fused.op(), operands, match.softmax.origin());
                rewriter.replace(node, List.of(attention.value()));
            }
        }
        return rewriter.finish();
    }

    /** Whether a softmax is attention, and when it is but cannot be fused, why. */
    public static Outcome examine(Graph graph, Node softmax) {
        try {
            Optional<Match> match = match(graph, softmax);
            return match.isPresent() ? new Outcome.Matched() : new Outcome.NoMatch();
        } catch (DeclinedException declined) {
            return declined.outcome();
        }
    }

    private static Optional<Match> match(Graph graph, Node softmax) {
        Optional<Scores> scores = Scores.of(graph, softmax);
        Optional<Probabilities> probabilities = scores.isEmpty() ? Optional.empty() : Probabilities.of(graph, softmax);
        if (probabilities.isEmpty()) {
            return Optional.empty();
        }
        AttentionParts parts = new GrowAttention(graph, softmax, probabilities.get(), scores.get()).parts();
        ResultLayout layout = ResultLayout.of(graph, probabilities.get().product(), parts.resultAxes());
        return Optional.of(new Match(softmax, parts.fused(layout), layout.root()));
    }
}
