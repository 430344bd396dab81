package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The sums of a graph that are better computed as matmuls. */
final class WrittenProducts {
    /** A matmul with fewer terms, rows or columns is no faster than a sum. */
    private static final long LEAST = 8;

    private final Graph graph;
    private final Dependence dependence;
    /** All of which the form fits. */
    private final Map<Node, BroadcastProduct> found = new HashMap<>();
    /** What is known of {@link #isSpread}. */
    private final Map<Value, Boolean> spread = new HashMap<>();
    /** Those that are scores or meet probabilities. */
    private final Set<Node> ofAttention = new HashSet<>();

    private WrittenProducts(Graph graph) {
        this.graph = graph;
        this.dependence = new Dependence(graph);
    }

    static WrittenProducts in(Graph graph) {
        WrittenProducts products = new WrittenProducts(graph);
        for (Node node : graph.nodes()) {
            BroadcastProduct.at(graph, node)
                    .filter(products::isOfStored)
                    .ifPresent(product -> products.found.put(node, product));
        }
        if (!products.found.isEmpty()) {
            products.findAttention();
        }
        return products;
    }

    /** The matmul that a node should be, if it should be one. */
    Optional<BroadcastProduct> of(Node sum) {
        return Optional.ofNullable(found.get(sum)).filter(p -> ofAttention.contains(sum) || isLarge(p));
    }

    private static boolean isLarge(BroadcastProduct product) {
        return product.sizes().stream().allMatch(WrittenProducts::isLarge);
    }

    private static boolean isLarge(Dim size) {
        return !size.isKnown() || size.value() >= LEAST;
    }

    /** Whether no factor is made for each element of the product, so that it would have to be stored first. */
    private boolean isOfStored(BroadcastProduct product) {
        return !isSpread(product.left().value()) && !isSpread(product.right().value());
    }

    /** Whether a value is computed from smaller ones, each of which is read for many of its elements. */
    private boolean isSpread(Value value) {
        Boolean known = spread.get(value);
        if (known == null) {
            known = findSpread(value);
            spread.put(value, known);
        }
        return known;
    }

    private boolean findSpread(Value value) {
        Node node = value.node();
        if (node.op() instanceof View) {
            Value operand = graph.operand(node, 0);
            return node.op() instanceof Expand && isSmaller(operand, value) || isSpread(operand);
        }
        return node.op() instanceof Elementwise
                && graph.operands(node).stream()
                        .filter(v -> !isSmaller(v, value))
                        .allMatch(this::isSpread);
    }

    private static boolean isSmaller(Value value, Value than) {
        return !value.type().shape().size().equals(than.type().shape().size());
    }

    /** Finds the products around each softmax, which may be written out. */
    private void findAttention() {
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Softmax || ElementReference.is(node, ScalarFn.EXP)) {
                List<Node> scores = products(
                        node,
                        n -> graph.operands(n).stream().map(Value::node).toList(),
                        n -> isProductOfComputed(n) || isOfOneQuery(n));
                List<Node> values = products(node, graph::users, this::isProductOfComputed);
                if (!scores.isEmpty() && !values.isEmpty()) {
                    ofAttention.addAll(scores);
                    ofAttention.addAll(values);
                }
            }
        }
    }

    /** The products of some kind that are reached through elementwise nodes. */
    private List<Node> products(Node from, Function<Node, List<Node>> next, Predicate<Node> isOne) {
        List<Node> products = new ArrayList<>();
        Set<Node> seen = new HashSet<>(Set.of(from));
        Deque<Node> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (Node node : next.apply(open.pop())) {
                if (isOne.test(node)) {
                    products.add(node);
                } else if (node.op() instanceof Pointwise && seen.add(node)) {
                    open.push(node);
                }
            }
        }
        return products;
    }

    /** Whether a node is a product with a weight of one column: a query that was learned, for all texts. */
    private boolean isOfOneQuery(Node node) {
        BroadcastProduct product = found.get(node);
        if (product != null) {
            return Stream.of(product.left(), product.right())
                    .anyMatch(side -> isOfWeights(side.value()) && product.isColumn(side));
        }
        if (!(node.op() instanceof SumOfProducts p)) {
            return false;
        }
        Equation e = p.parsed();
        return isQuery(graph.operand(node, 0), e.left(), e) || isQuery(graph.operand(node, 1), e.right(), e);
    }

    private boolean isQuery(Value factor, String letters, Equation e) {
        return isOfWeights(factor)
                && IntStream.range(0, letters.length())
                        .allMatch(axis -> e.result().indexOf(letters.charAt(axis)) < 0
                                || factor.type().dim(axis).is(1));
    }

    private boolean isOfWeights(Value value) {
        return !dependence.varies(value.node()) && !dependence.isConstant(value.node());
    }

    private boolean isProductOfComputed(Node node) {
        BroadcastProduct product = found.get(node);
        return product == null
                ? dependence.isProductOfComputed(node)
                : dependence.varies(product.left().value().node())
                        && dependence.varies(product.right().value().node());
    }
}
