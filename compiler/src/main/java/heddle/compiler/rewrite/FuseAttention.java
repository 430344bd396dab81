package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Replaces softmax attention, however it is written, with one operation that never stores the scores.
 *
 * <pre>
 * contract(q, k) → scale, bias, mask, … → softmax → … → contract(·, v) → permute, reshape
 *   becomes  attention(q, k, v, captured …)
 * </pre>
 *
 * Probabilities that meet several values become as many attentions.
 */
public record FuseAttention() implements Pass {
    /** The pass' name. */
    public static final String NAME = "fuse-attention";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Graph run(Graph graph) {
        Map<Node, FindAttention.Match> roots = FindAttention.in(graph).roots();
        if (roots.isEmpty()) {
            return graph;
        }
        Rewriter rewriter = new Rewriter(graph);
        for (Node node : graph.nodes()) {
            FindAttention.Match match = roots.get(node);
            if (match == null) {
                rewriter.copy(node);
            } else {
                AttentionParts.Fused fused = match.fused();
                List<Value> operands =
                        fused.operands().stream().map(rewriter::get).toList();
                // It comes from where the softmax comes from.
                Node attention =
                        rewriter.out().add(fused.op(), operands, match.softmax().origin());
                rewriter.replace(node, List.of(attention.value()));
            }
        }
        return rewriter.finish();
    }

    /** For each softmax in graph order whether it is attention, and when it is but cannot be fused, why. */
    public static SequencedMap<Node, Outcome> examine(Graph graph) {
        return FindAttention.in(graph).outcomes();
    }
}
