package heddle.compiler.report;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.NodesBetween;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The path of a matrix from the matmul that makes it to a matmul that sums over one of its axes and keeps the other.
 * Such a path makes a piece of a model look like attention, whatever happens to the matrix on the way.
 *
 * <p>Each axis of the matrix belongs to one operand of its matmul. A layer of a network is not such a path: its operand
 * is a weight, and the axis of the result belongs to the weight.
 *
 * @param scores  the first matmul
 * @param values  the second
 * @param between the nodes between them, in graph order
 * @param keys    the axes of the scores that the second matmul sums over
 * @param queries the axes of the scores that belong to the other operand
 */
record ScoreFlow(Node scores, Node values, SequencedSet<Node> between, Set<Integer> keys, Set<Integer> queries) {
    /** Every such way in a graph that ends at another product, the last first product of each. */
    static List<ScoreFlow> in(Graph graph, Dependence dependence) {
        return new Search(graph, dependence).flows();
    }

    /** The first softmax on the way. */
    Optional<Node> softmax() {
        return between.stream().filter(n -> n.op() instanceof Softmax).findFirst();
    }

    /** The first product of a way, before it is known where the way ends. */
    private record Start(Node product, boolean computed, Set<Integer> keys, Set<Integer> queries) {
        static Optional<Start> last(Optional<Start> a, Optional<Start> b) {
            return a.isEmpty()
                            || b.isPresent()
                                    && b.get().product.id() > a.get().product.id()
                    ? b
                    : a;
        }
    }

    /**
     * The last starts of the ways to an element.
     *
     * @param computed    of two tensors that both change from run to run
     * @param layer       other products, with no softmax on the way
     * @param softmaxed   other products, with one: a weight makes keys of its own only where softmax says that they are
     *                    keys
     */
    private record Starts(Optional<Start> computed, Optional<Start> layer, Optional<Start> softmaxed) {
        static final Starts NONE = new Starts(Optional.empty(), Optional.empty(), Optional.empty());

        static Starts of(Start start) {
            return start.computed
                    ? new Starts(Optional.of(start), Optional.empty(), Optional.empty())
                    : new Starts(Optional.empty(), Optional.of(start), Optional.empty());
        }

        Starts and(Starts others) {
            return new Starts(
                    Start.last(computed, others.computed),
                    Start.last(layer, others.layer),
                    Start.last(softmaxed, others.softmaxed));
        }

        Starts behindSoftmax() {
            return new Starts(computed, Optional.empty(), Start.last(softmaxed, layer));
        }

        Optional<Start> best() {
            return computed.or(() -> softmaxed);
        }
    }

    /**
     * The search from all second products at once. The axes of a second product are named by their part alone, so that
     * what one search finds out about an element holds for all.
     */
    private static final class Search {
        private static final String KEYS = "keys";
        private static final String OWN = "own";
        private static final String SHARED = "shared";

        private final Graph graph;
        private final Dependence dependence;
        private final Provenance provenance;
        private final Map<Provenance.Element, Starts> starts = new HashMap<>();

        Search(Graph graph, Dependence dependence) {
            this.graph = graph;
            this.dependence = dependence;
            this.provenance = new Provenance(graph, dependence, this::isFollowed);
        }

        List<ScoreFlow> flows() {
            List<ScoreFlow> flows = new ArrayList<>();
            for (Node node : graph.nodes()) {
                if (dependence.isProductOfComputed(node)) {
                    Equation e = ((SumOfProducts) node.op()).parsed();
                    Optional<ScoreFlow> left = flow(node, 0, e.left(), e.rows(), e.batch());
                    Optional<ScoreFlow> right = flow(node, 1, e.right(), e.columns(), e.batch());
                    last(left, right).ifPresent(flows::add);
                }
            }
            return flows;
        }

        /** @param own the letters that only this operand brings to the result */
        private Optional<ScoreFlow> flow(Node values, int slot, String letters, String own, String batch) {
            Value operand = graph.operand(values, slot);
            List<ScalarExpr> index = new ArrayList<>();
            for (int n = 0; n < letters.length(); n++) {
                char c = letters.charAt(n);
                String part = own.indexOf(c) >= 0 ? OWN : batch.indexOf(c) >= 0 ? SHARED : KEYS;
                index.add(ScalarExpr.of(new Axis(part + n, operand.type().dim(n))));
            }
            Provenance.Element element = provenance.follow(operand, index);
            return starts(element)
                    .best()
                    .map(start -> new ScoreFlow(
                            start.product,
                            values,
                            NodesBetween.of(graph, start.product, operand.node(), n -> true),
                            start.keys,
                            start.queries));
        }

        private Optional<ScoreFlow> last(Optional<ScoreFlow> left, Optional<ScoreFlow> right) {
            Comparator<ScoreFlow> order = Comparator.comparing(
                            (ScoreFlow f) -> dependence.isProductOfComputed(f.scores))
                    .thenComparing(f -> f.scores.id());
            return Stream.concat(left.stream(), right.stream()).max(order);
        }

        private boolean isFollowed(Provenance.Element element) {
            Node node = element.value().node();
            return depends(element) && !dependence.isProductOfComputed(node);
        }

        /** Whether an element changes from run to run and along the axis that the second product sums over. */
        private boolean depends(Provenance.Element element) {
            return dependence.varies(element.value().node())
                    && element.index().stream().anyMatch(at -> reads(at, KEYS));
        }

        /** Where the ways to an element start; what it is made of comes first. */
        private Starts starts(Provenance.Element element) {
            Deque<Provenance.Element> open = new ArrayDeque<>(List.of(element));
            while (!open.isEmpty()) {
                Provenance.Element next = open.peek();
                List<Provenance.Element> parts = provenance.partsOf(next);
                List<Provenance.Element> unknown =
                        parts.stream().filter(p -> !starts.containsKey(p)).toList();
                if (unknown.isEmpty()) {
                    open.pop();
                    starts.computeIfAbsent(next, e -> of(e, parts));
                } else {
                    unknown.forEach(open::push);
                }
            }
            return starts.get(element);
        }

        private Starts of(Provenance.Element element, List<Provenance.Element> parts) {
            Starts all = depends(element) ? start(element).map(Starts::of).orElse(Starts.NONE) : Starts.NONE;
            for (Provenance.Element part : parts) {
                all = all.and(starts.get(part));
            }
            return element.value().node().op() instanceof Softmax ? all.behindSoftmax() : all;
        }

        private Optional<Start> start(Provenance.Element element) {
            Node node = element.value().node();
            if (!(node.op() instanceof SumOfProducts product)) {
                return Optional.empty();
            }
            List<ScalarExpr> index = element.index();
            Equation e = product.parsed();
            Set<Integer> rows = positions(e, e.rows());
            Set<Integer> columns = positions(e, e.columns());
            boolean rowsAreKeys = rows.stream().anyMatch(n -> reads(index.get(n), KEYS));
            Set<Integer> keys = rowsAreKeys ? rows : columns;
            Set<Integer> queries = rowsAreKeys ? columns : rows;
            boolean computed = dependence.isProductOfComputed(node);
            boolean kept = computed && queries.isEmpty()
                    || queries.stream().map(index::get).anyMatch(at -> reads(at, OWN) || computed && reads(at, SHARED));
            return keys.stream().anyMatch(n -> reads(index.get(n), KEYS)) && kept
                    ? Optional.of(new Start(node, computed, keys, queries))
                    : Optional.empty();
        }

        private static boolean reads(ScalarExpr index, String part) {
            return ScalarExprs.any(
                    index,
                    e -> e instanceof ScalarExpr.Index i && i.axis().name().startsWith(part));
        }

        private static Set<Integer> positions(Equation e, String letters) {
            Set<Integer> positions = new TreeSet<>();
            letters.chars().forEach(c -> positions.add(e.result().indexOf(c)));
            return positions;
        }
    }
}
