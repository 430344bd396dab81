package heddle.compiler.report;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.softmax.DropRowMaximum;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Something that would be attention, if one thing between the matmuls were different.
 *
 * @param normaliser the softmax, or what replaces it
 * @param outcome    what prevents fusion, the reason and the remedy
 */
record NearMiss(Node normaliser, Outcome.Declined outcome) {
    /** Sums over heads may be moved into a product, whose features then are those of all heads. */
    private static final String JOIN_HEADS =
            "a weighted sum of scores over heads, before any mask, is one product: join the queries of all heads, each times its"
                    + " weight, along the features, and the keys likewise";

    private static final String JOIN_VALUES =
            "for a weighted sum of probabilities over heads, multiply the probabilities of each head with the values of all heads,"
                    + " joined along their features, and sum the results with these weights";

    private static final String SUM_QUERIES =
            "a weighted sum of scores over queries, before any mask, is the product of that sum of queries with the keys";

    private static final String SUM_RESULTS =
            "a weighted sum of probabilities over queries, times the values, is that sum of the queries' results";

    private static final String ELSE = "; what is combined otherwise stays unfused";

    static final String NO_OTHER_FORM = "no other queries, keys and values mean the same, so that it stays unfused";

    /** The near miss on a path of scores; empty when the path has only pointwise operations and one softmax. */
    static Optional<NearMiss> of(Graph graph, Dependence dependence, ScoreFlow flow) {
        Optional<Node> softmax = flow.softmax();
        Optional<DeclinedException> declined = softmax.isPresent()
                ? obstacle(graph, dependence, flow, softmax.get())
                : SoftmaxSubstitute.in(graph, flow);
        return declined.map(d -> new NearMiss(softmax.orElse(d.outcome().at()), d.outcome()));
    }

    private static Optional<DeclinedException> obstacle(
            Graph graph, Dependence dependence, ScoreFlow flow, Node softmax) {
        Set<Node> after = new HashSet<>(Set.of(softmax));
        for (Node node : flow.between()) {
            if (graph.operands(node).stream().anyMatch(v -> after.contains(v.node()))) {
                after.add(node);
            }
            boolean isBeside = node.op() instanceof Softmax && !after.contains(node);
            if (node != softmax && !isBeside && !(node.op() instanceof Pointwise)) {
                return Optional.of(obstacle(graph, dependence, flow, node, after.contains(node)));
            }
        }
        return Optional.empty();
    }

    private static DeclinedException obstacle(
            Graph graph, Dependence dependence, ScoreFlow flow, Node at, boolean after) {
        String what = after ? "probabilities" : "scores";
        String quote = SourceExcerpt.of(at);
        if (at.op() instanceof Softmax) {
            return new DeclinedException(at, quote + " is a softmax of a softmax", "take one softmax of the scores");
        }
        if (!after && shiftsSumWithNumber(graph, flow, at)) {
            Node softmax = flow.softmax().orElseThrow();
            return new DeclinedException(
                    softmax,
                    SourceExcerpt.of(softmax)
                            + " adds a number to a sum of exponentials that are not shifted by just their maximum",
                    "shift by the maximum of the same scores, masked and weighted alike, or leave the number out");
        }
        Set<Integer> combined = combined(graph, dependence, flow, at);
        if (combined.stream().anyMatch(flow.keys()::contains)) {
            if (!after
                    && flow.softmax()
                            .filter(s -> DropRowMaximum.isShift(graph, s, at))
                            .isPresent()) {
                return new DeclinedException(
                        at,
                        quote + " combines the scores of several keys, and may be infinite where their maximum is not",
                        "leave it out: a softmax does not change by what all scores of a row have in common");
            }
            return new DeclinedException(
                    at,
                    quote + " combines the " + what + " of several keys",
                    after
                            ? "mask or scale the scores instead: the softmax normalises what is left"
                            : "make masks, biases and scales from queries, keys and positions, not from other scores");
        }
        boolean queries = combined.stream().anyMatch(flow.queries()::contains);
        return new DeclinedException(
                at,
                quote + " combines the " + what + " of several " + (queries ? "queries" : "heads"),
                !isSum(at)
                        ? NO_OTHER_FORM
                        : (queries ? after ? SUM_RESULTS : SUM_QUERIES : after ? JOIN_VALUES : JOIN_HEADS) + ELSE);
    }

    /** Whether a node adds up what it combines, as a maximum does not. */
    private static boolean isSum(Node at) {
        return !(at.op() instanceof Reduce) || Reduce.is(at, Reduction.SUM);
    }

    /**
     * Whether a maximum is subtracted from other scores than those it is of, beside a number that counts in their sum: how
     * much the number counts then depends on the maximum.
     */
    private static boolean shiftsSumWithNumber(Graph graph, ScoreFlow flow, Node at) {
        boolean isMaximum = Reduce.is(at, Reduction.MAX);
        Node joined = graph.operand(flow.softmax().orElseThrow(), 0).node();
        return isMaximum
                && joined.op() instanceof Concat
                && ElementReference.in(graph.operands(joined).getLast())
                        .behindViews(graph)
                        .number()
                        .isPresent();
    }

    /** The axes of the scores that a reduction or a product sums over. */
    private static Set<Integer> combined(Graph graph, Dependence dependence, ScoreFlow flow, Node at) {
        List<ScalarExpr> index = new ArrayList<>();
        Set<Axis> kept = new HashSet<>();
        for (int n = 0; n < at.type().rank(); n++) {
            Axis axis = new Axis("kept" + n, at.type().dim(n));
            kept.add(axis);
            index.add(ScalarExpr.of(axis));
        }
        Provenance provenance = new Provenance(
                graph,
                dependence,
                element -> flow.between().contains(element.value().node()));
        provenance.follow(at.value(), index);
        Set<Integer> combined = new HashSet<>();
        for (Provenance.Element element : provenance.met()) {
            if (element.value().node() == flow.scores()) {
                for (int n = 0; n < element.index().size(); n++) {
                    if (!isOf(element.index().get(n), kept)) {
                        combined.add(n);
                    }
                }
            }
        }
        return combined;
    }

    /** Whether an index goes by {@code axes} alone. */
    private static boolean isOf(ScalarExpr index, Set<Axis> axes) {
        return !ScalarExprs.any(index, e -> e instanceof ScalarExpr.Index i && !axes.contains(i.axis()));
    }
}
