package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.FusedAttention;
import java.util.ArrayList;
import java.util.List;

/**
 * The attention in a graph after fusion.
 *
 * @param fused    in graph order
 * @param declined in graph order
 */
public record FusionReport(List<Fused> fused, List<Declined> declined) {
    /** One fused attention. */
    public record Fused(Node node, FusedAttention attention) {}

    /**
     * A softmax between two products that is not fused.
     *
     * @param at     the node in the way
     * @param reason what is in the way, in the words of the language
     * @param remedy what to write so that it could be fused
     */
    public record Declined(Node softmax, Node at, String reason, String remedy) {}

    public FusionReport {
        fused = List.copyOf(fused);
        declined = List.copyOf(declined);
    }

    /** The report on a graph; attention that could be fused but is not was not asked to be. */
    public static FusionReport of(Graph graph) {
        List<Fused> fused = new ArrayList<>();
        List<Declined> declined = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof FusedAttention attention) {
                fused.add(new Fused(node, attention));
            }
        }
        FuseAttention.examine(graph).forEach((softmax, outcome) -> {
            switch (outcome) {
                case Outcome.Declined d -> declined.add(new Declined(softmax, d.at(), d.reason(), d.remedy()));
                case Outcome.Matched m ->
                    declined.add(new Declined(
                            softmax, softmax, "attention fusion was not asked for", "compile with fusion"));
                case Outcome.NoMatch n -> {}
            }
        });
        return new FusionReport(fused, declined);
    }

    /** How many attentions there are, fused or not. */
    public int total() {
        return fused.size() + declined.size();
    }

    /** {@code fused 6/6 attention}. */
    public String summary() {
        return "fused " + fused.size() + "/" + total() + " attention";
    }
}
