package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Replaces softmax attention, however it is spelled, by one operation that never stores the scores.
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
        BitSet read = read(graph, roots);
        for (Node node : graph.nodes()) {
            FindAttention.Match match = roots.get(node);
            if (!read.get(node.id())) {
                continue; // So that the softmax leaves its path to the attention.
            }
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

    /** The nodes that something reads when the roots are attentions, and inputs. */
    private static BitSet read(Graph graph, Map<Node, FindAttention.Match> roots) {
        BitSet read = new BitSet();
        graph.outputs().values().forEach(v -> read.set(v.node().id()));
        for (Node node : graph.nodes().reversed()) {
            if (node.op() instanceof Input) {
                read.set(node.id());
            }
            if (read.get(node.id())) {
                FindAttention.Match match = roots.get(node);
                List<Value> operands =
                        match == null ? graph.operands(node) : match.fused().operands();
                operands.forEach(v -> read.set(v.node().id()));
            }
        }
        return read;
    }

    /** For each softmax in graph order whether it is attention, and when it is but cannot be fused, why. */
    public static SequencedMap<Node, Outcome> examine(Graph graph) {
        return FindAttention.in(graph).outcomes();
    }
}
