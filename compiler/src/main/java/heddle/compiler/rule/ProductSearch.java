package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.SumOfProducts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the products that a value is made of elementwise, the last in graph order first. */
public final class ProductSearch {
    private final Graph graph;
    private final Predicate<Value> followed;
    private final Set<Node> seen = new HashSet<>();
    private final PriorityQueue<Node> open =
            new PriorityQueue<>(Comparator.comparingInt(Node::id).reversed());

    /** @param followed whether to look at what a value is made of */
    public ProductSearch(Graph graph, Value value, Predicate<Value> followed) {
        this.graph = graph;
        this.followed = followed;
        open.add(value.node());
    }

    /** All of them. @param followed whether to look at what a value is made of */
    public static List<Node> all(Graph graph, Value value, Predicate<Value> followed) {
        ProductSearch search = new ProductSearch(graph, value, followed);
        List<Node> products = new ArrayList<>();
        for (Optional<Node> next = search.next(); next.isPresent(); next = search.next()) {
            products.add(next.get());
        }
        return products;
    }

    /** Whether any product for which a test holds is among what a value is made of elementwise, scores for example. */
    public static boolean isAny(Graph graph, Value value, Predicate<Node> test) {
        ProductSearch search = new ProductSearch(graph, value, v -> true);
        Optional<Node> product = search.next();
        while (product.isPresent() && !test.test(product.get())) {
            product = search.next();
        }
        return product.isPresent();
    }

    private Optional<Node> next() {
        while (!open.isEmpty()) {
            Node node = open.remove();
            if (node.op() instanceof SumOfProducts) {
                return Optional.of(node);
            }
            if (node.op() instanceof Pointwise) {
                for (Value operand : graph.operands(node)) {
                    if (followed.test(operand) && seen.add(operand.node())) {
                        open.add(operand.node());
                    }
                }
            }
        }
        return Optional.empty();
    }
}
