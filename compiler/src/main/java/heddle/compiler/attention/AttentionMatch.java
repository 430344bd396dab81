package heddle.compiler.attention;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.layout.AttentionCall;
import heddle.compiler.rule.Probabilities;
import java.util.ArrayList;
import java.util.List;

/**
 * An attention in a graph that can be fused: one softmax and one product with values.
 *
 * @param softmax       the softmax
 * @param scores        where its scores come from
 * @param probabilities where its probabilities meet the values
 * @param fused         the operation that computes all of it, and what it reads
 * @param root          the product with the values, whose result the output stands for
 * @param logSumExps    the nodes that the log-sum-exp stands for
 */
public record AttentionMatch(
        Node softmax,
        ScoreCone scores,
        Probabilities probabilities,
        AttentionCall fused,
        Node root,
        List<Node> logSumExps)
        implements Outcome.Found {
    public AttentionMatch {
        logSumExps = List.copyOf(logSumExps);
    }

    /** The nodes that are replaced by one of the results. */
    List<Node> replaced() {
        List<Node> replaced = new ArrayList<>(logSumExps);
        replaced.add(root);
        return replaced;
    }
}
