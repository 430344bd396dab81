package heddle.compiler.report;

import heddle.compiler.attention.FuseAttention;
import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.join.JoinProducts;
import heddle.compiler.join.NormaliseParts;
import heddle.compiler.op.Combining;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.NodesBetween;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.softmax.SoftmaxRules;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Collects what looks like attention but is not fused. Some of it the rule declined. The rest the rule never saw,
 * because the matmuls have something other than pointwise operations between them, or no softmax. Where a rule before it declined what
 * would have let it, that is the reason.
 */
final class Declines {
    private final Graph graph;
    private final Dependence dependence;
    private final Map<RuleSet, List<Decision>> rulesDecline = new HashMap<>();
    private final TreeMap<Node, FusionReport.Declined> found = new TreeMap<>(Comparator.comparingInt(Node::id));

    private Declines(Graph graph) {
        this.graph = graph;
        this.dependence = new Dependence(graph);
    }

    /** One for each softmax, or what replaces it, in graph order. */
    static List<FusionReport.Declined> in(Graph graph, List<Decision> decisions) {
        Declines declines = new Declines(graph);
        declines.collect(decisions);
        return List.copyOf(declines.found.values());
    }

    private void collect(List<Decision> decisions) {
        List<ScoreFlow> flows = ScoreFlow.in(graph, dependence);
        Set<Node> between = new HashSet<>();
        flows.forEach(flow -> between.addAll(flow.between()));
        decisions.forEach(decision -> {
            Node softmax = decision.node();
            switch (decision.outcome()) {
                case Outcome.Declined d -> {
                    if (between.contains(softmax) || hasScores(softmax)) {
                        add(
                                softmax,
                                FuseAttention.isOfSeveralProducts(d)
                                        ? sum(softmax, d).orElse(d)
                                        : d,
                                kind(d));
                    }
                }
                case Outcome.Replaced r -> {
                    if (r.with().isEmpty()) {
                        add(
                                softmax,
                                new Outcome.Declined(
                                        softmax, "attention fusion was not asked for", "compile with fusion"),
                                FusionReport.Kind.IN_THE_WAY);
                    }
                }
                case Outcome.NoMatch n -> {}
            }
        });
        // What stands in the way says more than what the rule saw of it, another reader of the scores.
        for (ScoreFlow flow : flows) {
            NearMiss.of(graph, dependence, flow)
                    .ifPresentOrElse(
                            m -> quotient(flow)
                                    .ifPresentOrElse(
                                            d -> add(d.at(), d, FusionReport.Kind.IN_THE_WAY),
                                            () -> add(m.normaliser(), m.outcome(), kind(m.outcome(), flow))),
                            () -> addLinear(flow));
        }
        addPaired();
    }

    /** Lists softmaxes of scores that are no products, of which nothing else is known. */
    private void addPaired() {
        PairedScores scores = new PairedScores(graph, dependence);
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Softmax && !found.containsKey(node)) {
                scores.before(node).ifPresent(d -> add(node, d, FusionReport.Kind.IN_THE_WAY));
            }
        }
    }

    /** Why the products that the scores of a softmax are a sum of were not joined. */
    private Optional<Outcome.Declined> sum(Node softmax, Outcome.Declined several) {
        Set<Node> scores = NodesBetween.of(
                graph, several.at(), graph.operand(softmax, 0).node(), n -> n.op() instanceof Pointwise);
        return declined(JoinProducts.RULES, d -> scores.contains(d.node()));
    }

    /** Why the exponentials on a way without a softmax are none, over their sum. */
    private Optional<Outcome.Declined> quotient(ScoreFlow flow) {
        return flow.softmax().isPresent()
                ? Optional.empty()
                : declined(SoftmaxRules.SPELL, d -> flow.between().contains(d.node()))
                        .or(() -> declined(
                                SoftmaxRules.RECOGNISE,
                                d -> flow.between().contains(d.node())
                                        || View.behind(graph, graph.operand(d.node(), 0))
                                                        .node()
                                                == flow.values()))
                        .or(() -> declined(NormaliseParts.RULES, d -> d.node() == flow.values()));
    }

    private Optional<Outcome.Declined> declined(RuleSet rules, Predicate<Decision> test) {
        return rulesDecline.computeIfAbsent(rules, r -> r.declined(graph)).stream()
                .filter(test)
                .map(decision -> (Outcome.Declined) decision.outcome())
                .findFirst();
    }

    /** Lists attention that has nothing in the place of a softmax. */
    private void addLinear(ScoreFlow flow) {
        Node at = flow.values();
        if (flow.softmax().isEmpty() && dependence.isProductOfComputed(flow.scores())) {
            add(
                    at,
                    new Outcome.Declined(
                            at,
                            "no function stands between " + SourceExcerpt.of(flow.scores())
                                    + " and the product with the values",
                            "leave it as it is: linear attention has no softmax to fuse"),
                    FusionReport.Kind.NO_SOFTMAX);
        }
    }

    private void add(Node normaliser, Outcome.Declined d, FusionReport.Kind kind) {
        found.put(normaliser, new FusionReport.Declined(kind, normaliser, d.at(), d.reason(), d.remedy()));
    }

    private static FusionReport.Kind kind(Outcome.Declined d) {
        return FuseAttention.isOfOneKey(d) ? FusionReport.Kind.ONE_KEY : FusionReport.Kind.IN_THE_WAY;
    }

    /**
     * What is on the way of scores: a softmax, or a part of one that was not recognised, which exponentials of scores with a
     * sum or maximum of scores are, and exponentials that meet the values as they are; else another function.
     */
    private FusionReport.Kind kind(Outcome.Declined d, ScoreFlow flow) {
        if (flow.softmax().isPresent()) {
            return kind(d);
        }
        boolean isPart = SoftmaxSubstitute.isExponential(d.at())
                || flow.between().stream().anyMatch(node -> isExponential(node, flow)) && isReduced(flow);
        return isPart ? FusionReport.Kind.IN_THE_WAY : FusionReport.Kind.NO_SOFTMAX;
    }

    private boolean isExponential(Node node, ScoreFlow flow) {
        return ElementReference.is(node, ScalarFn.EXP)
                || ElementReference.is(node, ScalarFn.POW)
                        && isOnTheWay(graph.operand(node, 1).node(), flow);
    }

    private static boolean isOnTheWay(Node node, ScoreFlow flow) {
        return node == flow.scores() || flow.between().contains(node);
    }

    /** Whether scores are summed, or their maximum taken, before they meet the values. */
    private boolean isReduced(ScoreFlow flow) {
        Set<Node> seen = new HashSet<>(Set.of(flow.scores()));
        Deque<Node> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (Node user : graph.users(open.remove())) {
                boolean computed = dependence.isProductOfComputed(user);
                if (user.op() instanceof Combining && !computed) {
                    return true;
                }
                if (!computed && seen.add(user)) {
                    open.add(user);
                }
            }
        }
        return false;
    }

    /**
     * Whether a product of queries and keys reaches a softmax. A softmax over a layer's results picks experts or
     * classes; only a way of scores makes it attention.
     */
    private boolean hasScores(Node softmax) {
        return ProductSearch.isAny(graph, graph.operand(softmax, 0), dependence::isProductOfComputed);
    }
}
