package heddle.compiler.report;

import heddle.compiler.attention.FuseAttention;
import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.attention.FusedAttention;
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

    /** The report on a graph that no fusion was asked for; attention that could be fused is declined, too. */
    public static FusionReport of(Graph graph) {
        return of(graph, FuseAttention.examine(graph));
    }

    /**
     * The report on a graph after fusion.
     *
     * @param decisions of {@link FuseAttention}, about nodes of this graph where they are declined
     */
    public static FusionReport of(Graph graph, List<Decision> decisions) {
        List<Fused> fused = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof FusedAttention attention) {
                fused.add(new Fused(node, attention));
            }
        }
        return new FusionReport(fused, Declines.in(graph, decisions));
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
