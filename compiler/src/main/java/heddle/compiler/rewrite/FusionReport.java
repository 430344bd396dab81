package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.FusedAttention;
import java.util.ArrayList;
import java.util.List;

/**
 * The attentions in a graph after fusion.
 *
 * @param fused    in graph order
 * @param declined in graph order
 */
public record FusionReport(List<Fused> fused, List<Declined> declined) {
    /** One fused attention. */
    public record Fused(Node node, FusedAttention attention) {}

    /**
     * Something that looks like attention and is not fused.
     *
     * @param normaliser the softmax, or what stands in its place
     * @param at     the node in the way
     * @param reason what is in the way, in the words of the language
     * @param remedy what to write so that it could be fused
     */
    public record Declined(Node normaliser, Node at, String reason, String remedy) {}

    public FusionReport {
        fused = List.copyOf(fused);
        declined = List.copyOf(declined);
    }

    /** The report on a graph; attention that could be fused but is not was not asked to be. */
    public static FusionReport of(Graph graph) {
        List<Fused> fused = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof FusedAttention attention) {
                fused.add(new Fused(node, attention));
            }
        }
        return new FusionReport(fused, Declines.in(graph));
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
