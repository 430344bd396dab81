package heddle.compiler.report;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Probabilities;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Scores that are computed for each pair of a query and a key by another way than a product: distances, written as a sum over the squares of
 * differences, and sums of a number of each (Velickovic et al. 2018) or of features, which go through a function (Bahdanau et al. 2015).
 */
final class PairedScores {
    private final Graph graph;
    private final Dependence dependence;

    PairedScores(Graph graph, Dependence dependence) {
        this.graph = graph;
        this.dependence = dependence;
    }

    /** What prevents fusion of a softmax before values, if it is made of such scores. */
    Optional<Outcome.Declined> before(Node softmax) {
        return meetsValues(softmax)
                ? onTheWay(softmax, node -> node.op() instanceof Pointwise, this::isDistance)
                        .map(PairedScores::distance)
                        .or(() -> onTheWay(softmax, node -> node.op() instanceof Pointwise, this::isPaired)
                                .map(PairedScores::sum))
                        .or(() -> onTheWay(softmax, this::isOfEachPair, this::isPaired)
                                .map(PairedScores::paired))
                : Optional.empty();
    }

    private static Outcome.Declined distance(Node sum) {
        return new Outcome.Declined(
                sum,
                SourceExcerpt.of(sum)
                        + " sums squares of differences, so that the scores are no product of queries and keys",
                "write the squares out: the sum of q * q for each query, that of k * k for each key, less 2 * q @ transpose(k)");
    }

    private static Outcome.Declined sum(Node at) {
        return new Outcome.Declined(
                at,
                SourceExcerpt.of(at) + " adds a number of each query to one of each key",
                "write a product of two features: the query's number beside 1 with 1 beside the key's number, joined with concat");
    }

    private static Outcome.Declined paired(Node at) {
        return new Outcome.Declined(
                at,
                SourceExcerpt.of(at)
                        + " is computed for each pair of a query and a key, so that the scores are no product of them",
                NearMiss.NO_OTHER_FORM);
    }

    private boolean meetsValues(Node softmax) {
        try {
            return Probabilities.of(graph, softmax).stream().anyMatch(p -> dependence.isProductOfComputed(p.product()));
        } catch (DeclinedException declined) {
            return false;
        }
    }

    /** The nearest node before a softmax that passes a test, behind nodes that the search goes through. */
    private Optional<Node> onTheWay(Node softmax, Predicate<Node> through, Predicate<Node> test) {
        Set<Node> seen = new HashSet<>(Set.of(softmax));
        Deque<Node> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (Value operand : graph.operands(open.remove())) {
                Node node = operand.node();
                if (test.test(node)) {
                    return Optional.of(node);
                }
                if (through.test(node) && seen.add(node)) {
                    open.add(node);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a node is computed of each pair alone: by functions, or as a sum over features, weighted or not. */
    private boolean isOfEachPair(Node node) {
        return node.op() instanceof Pointwise
                || Reduce.is(node, Reduction.SUM)
                || node.op() instanceof SumOfProducts && !dependence.isProductOfComputed(node);
    }

    /** Whether a node adds data of queries to data of keys. */
    private boolean isPaired(Node node) {
        boolean isSum = ElementReference.is(node, ScalarFn.ADD) || ElementReference.is(node, ScalarFn.SUB);
        return isSum && isOuter(node) && graph.operands(node).stream().allMatch(v -> dependence.varies(v.node()));
    }

    /** Whether each operand is read for many elements. */
    private boolean isOuter(Node node) {
        return graph.operands(node).stream()
                .noneMatch(v -> v.type().shape().equals(node.type().shape()));
    }

    private boolean isDistance(Node node) {
        return Reduce.is(node, Reduction.SUM) && isSquare(graph.operand(node, 0).node());
    }

    private boolean isSquare(Node node) {
        boolean isProduct = ElementReference.is(node, ScalarFn.MUL)
                && graph.operand(node, 0).equals(graph.operand(node, 1));
        boolean isPower = ElementReference.is(node, ScalarFn.POW)
                && ElementReference.in(graph.operand(node, 1))
                        .behindViews(graph)
                        .is(2);
        return (isProduct || isPower) && isDifference(graph.operand(node, 0).node());
    }

    private boolean isDifference(Node node) {
        return ElementReference.is(node, ScalarFn.SUB) && isOuter(node);
    }
}
