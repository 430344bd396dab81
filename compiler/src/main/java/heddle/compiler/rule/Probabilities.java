package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Pad;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The path down from a softmax: through pointwise nodes to the contraction that multiplies the probabilities with the
 * values.
 *
 * @param product the contraction
 * @param slot    which of its operands the probabilities are
 * @param path    the pointwise nodes between
 */
public record Probabilities(Node product, int slot, Set<Node> path) {
    /** One for each product that reads the probabilities. @throws DeclinedException when one reads them twice */
    public static List<Probabilities> of(Graph graph, Node softmax) {
        Set<Node> reached = new HashSet<>(Set.of(softmax));
        SequencedSet<Node> products = new LinkedHashSet<>();
        Deque<Node> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            for (Node user : graph.users(open.pop())) {
                if (user.op() instanceof SumOfProducts) {
                    products.add(user);
                } else if (user.op() instanceof Pointwise && reached.add(user)) {
                    open.push(user);
                }
            }
        }
        return products.stream().map(p -> of(graph, softmax, p, reached)).toList();
    }

    private static Probabilities of(Graph graph, Node softmax, Node product, Set<Node> reached) {
        List<Integer> slots = IntStream.range(0, 2)
                .filter(slot -> reached.contains(graph.operand(product, slot).node()))
                .boxed()
                .toList();
        if (slots.size() > 1) {
            throw new DeclinedException(
                    product,
                    "both operands of the product are computed from the probabilities",
                    "multiply the probabilities with values that do not depend on them");
        }
        Set<Node> path = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        open.push(graph.operand(product, slots.getFirst()).node());
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (node != softmax && reached.contains(node) && path.add(node)) {
                requireNoEdges(node);
                graph.operands(node).forEach(v -> open.push(v.node()));
            }
        }
        return new Probabilities(product, slots.getFirst(), path);
    }

    /** The probabilities as the product reads them. */
    public Value weights(Graph graph) {
        return graph.operand(product, slot);
    }

    /** The values that they are multiplied with. */
    public Value values(Graph graph) {
        return graph.operand(product, 1 - slot);
    }

    /**
     * A fused product is computed at every place. Behind a node that takes elements from it in some places and from
     * elsewhere in others it would be computed where it has none.
     */
    public static void requireNoEdges(Node node) {
        if (node.op() instanceof Pad || node.op() instanceof Concat) {
            throw new DeclinedException(
                    node,
                    SourceExcerpt.of(node) + " puts other elements beside the scores or probabilities",
                    "join or pad queries, keys and values instead");
        }
    }
}
