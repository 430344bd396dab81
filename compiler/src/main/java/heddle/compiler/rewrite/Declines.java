package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Collects what looks like attention but is not fused. Some of it the rule declined. The rest the rule never saw,
 * because the matmuls have something other than pointwise operations between them, or no softmax.
 */
final class Declines {
    private final Graph graph;
    private final Dependence dependence;
    private final TreeMap<Node, FusionReport.Declined> found = new TreeMap<>(Comparator.comparingInt(Node::id));

    private Declines(Graph graph) {
        this.graph = graph;
        this.dependence = new Dependence(graph);
    }

    /** One for each softmax, or what replaces it, in graph order. */
    static List<FusionReport.Declined> in(Graph graph) {
        Declines declines = new Declines(graph);
        declines.collect();
        return List.copyOf(declines.found.values());
    }

    private void collect() {
        List<ScoreFlow> flows = ScoreFlow.in(graph, dependence);
        Set<Node> between = new HashSet<>();
        flows.forEach(flow -> between.addAll(flow.between()));
        FuseAttention.examine(graph).forEach((softmax, outcome) -> {
            switch (outcome) {
                case Outcome.Declined d -> {
                    if (between.contains(softmax) || hasScores(softmax)) {
                        add(softmax, d);
                    }
                }
                case Outcome.Matched m ->
                    add(
                            softmax,
                            new Outcome.Declined(softmax, "attention fusion was not asked for", "compile with fusion"));
                case Outcome.NoMatch n -> {}
            }
        });
        // What stands in the way says more than what the rule saw of it, another reader of the scores.
        flows.forEach(flow -> NearMiss.of(graph, dependence, flow).ifPresent(m -> add(m.normaliser(), m.outcome())));
    }

    private void add(Node normaliser, Outcome.Declined d) {
        found.put(normaliser, new FusionReport.Declined(normaliser, d.at(), d.reason(), d.remedy()));
    }

    /**
     * Whether a product of queries and keys reaches a softmax. A softmax over a layer's results picks experts or
     * classes; only a way of scores makes it attention.
     */
    private boolean hasScores(Node softmax) {
        return Scores.isAnyProduct(
                graph, graph.operand(softmax, 0), n -> ScoreFlow.isProductOfComputed(graph, n, dependence));
    }
}
