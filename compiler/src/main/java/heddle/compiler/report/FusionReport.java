package heddle.compiler.report;

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

    /** Why attention is not fused. */
    public enum Kind {
        /** It is softmax attention, and something is in the way. */
        IN_THE_WAY,
        /** It is softmax attention to one key: every probability is one and there are no scores to store. */
        ONE_KEY,
        /** It has another function in the place of a softmax, or none. */
        NO_SOFTMAX
    }

    /**
     * Something that looks like attention and is not fused.
     *
     * @param kind       why
     * @param normaliser the softmax, or what stands in its place
     * @param at         the node in the way
     * @param reason     what is in the way, in the words of the language
     * @param remedy     what to write so that it could be fused
     */
    public record Declined(Kind kind, Node normaliser, Node at, String reason, String remedy) {}

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

    /** Whether there is nothing like attention. */
    public boolean isEmpty() {
        return fused.isEmpty() && declined.isEmpty();
    }

    /** What is not fused for one kind of reason. */
    public List<Declined> declined(Kind kind) {
        return declined.stream().filter(d -> d.kind == kind).toList();
    }

    /** How many attentions there are that are fused or should be. */
    public int total() {
        return fused.size() + declined(Kind.IN_THE_WAY).size();
    }

    /** {@code fused 6/6 attention}, and how many are none that fusion is about. */
    public String summary() {
        return "fused " + fused.size() + "/" + total() + " attention"
                + counted(declined(Kind.ONE_KEY).size(), "with one key")
                + counted(declined(Kind.NO_SOFTMAX).size(), "without softmax");
    }

    private static String counted(int n, String what) {
        return n == 0 ? "" : ", " + n + " " + what;
    }
}
