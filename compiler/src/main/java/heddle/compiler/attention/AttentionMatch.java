package heddle.compiler.attention;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.layout.AttentionCall;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.AttentionResult.Kind;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.rule.Probabilities;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An attention in a graph that can be fused: one softmax and one product with values.
 *
 * @param softmax       the softmax
 * @param scores        where its scores come from
 * @param probabilities where its probabilities meet the values
 * @param fused         the operation that computes all of it, and what it reads
 * @param root          the product with the values, whose result the output stands for
 * @param statistics    the nodes that another result for each row stands for
 */
public record AttentionMatch(
        Node softmax,
        ScoreCone scores,
        Probabilities probabilities,
        AttentionCall fused,
        Node root,
        Map<Node, Kind> statistics)
        implements Outcome.Found {
    public AttentionMatch {
        statistics = Map.copyOf(statistics);
    }

    /**
     * This attention with no other results for each row than those that are read. A maximum says nothing of a row with a NaN, so that its
     * sum is stored, too.
     */
    AttentionMatch reading(Set<Node> read) {
        Map<Node, Kind> left = new HashMap<>(statistics);
        left.keySet().retainAll(read);
        Set<Kind> kinds = new HashSet<>(left.values());
        if (kinds.contains(Kind.ROW_MAX)) {
            kinds.add(Kind.ROW_SUM);
        }
        kinds.add(Kind.OUTPUT);
        FusedAttention op = fused.op();
        List<AttentionResult> results =
                op.results().stream().filter(r -> kinds.contains(r.kind())).toList();
        FusedAttention reduced = new FusedAttention(op.operands(), op.definition(), results);
        return new AttentionMatch(
                softmax, scores, probabilities, new AttentionCall(reduced, fused.operands()), root, left);
    }

    /** The nodes that are replaced by one of the results. */
    List<Node> replaced() {
        List<Node> replaced = new ArrayList<>(statistics.keySet());
        replaced.add(root);
        return replaced;
    }
}
