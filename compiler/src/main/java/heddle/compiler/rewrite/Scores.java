package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Concat;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Pad;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.type.Dim;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/**
 * The way up from a softmax: through pointwise nodes to the one contraction the scores come from.
 *
 * @param product the contraction
 * @param cone    the pointwise nodes between it and the softmax that depend on it
 */
record Scores(Node product, Set<Node> cone) {
    /**
     * @param length how many positions along the softmax axis meet values
     * @throws DeclinedException when there is no single product
     */
    static Scores of(Graph graph, Node softmax, Dim length) {
        SequencedSet<Node> products = products(graph, softmax);
        int axis = ((Softmax) softmax.op()).axis();
        Dim size = softmax.type().shape().with(axis, length).size();
        List<Node> whole = products.stream()
                .filter(p -> p.type().shape().size().equals(size))
                .toList();
        if (whole.size() > 1) {
            throw new DeclinedException(
                    whole.getLast(),
                    "the scores come from several products; one product of queries and keys can be fused",
                    "make them one: a sum of products is the product of their features joined by concat");
        }
        Node product = whole.isEmpty() ? products.getFirst() : whole.getFirst();
        Set<Node> cone = new HashSet<>();
        dependsOn(graph, graph.operand(softmax, 0).node(), product, cone, new HashSet<>());
        return new Scores(product, cone);
    }

    /** The products that the scores are made of. */
    static SequencedSet<Node> products(Graph graph, Node softmax) {
        SequencedSet<Node> products = new LinkedHashSet<>();
        collect(graph, graph.operand(softmax, 0).node(), new HashSet<>(), products);
        return products;
    }

    private static void collect(Graph graph, Node node, Set<Node> seen, Set<Node> products) {
        if (node.op() instanceof Contract) {
            products.add(node);
        } else if (node.op() instanceof Pointwise && seen.add(node)) {
            graph.operands(node).forEach(v -> collect(graph, v.node(), seen, products));
        }
    }

    /** Adds to {@code cone} what lies between {@code node} and {@code product}, both included when there is a way. */
    private static boolean dependsOn(Graph graph, Node node, Node product, Set<Node> cone, Set<Node> seen) {
        if (cone.contains(node)) {
            return true;
        }
        if (node == product) {
            cone.add(node);
            return true;
        }
        if (!(node.op() instanceof Pointwise) || !seen.add(node)) {
            return false;
        }
        boolean depends = false;
        for (var operand : graph.operands(node)) {
            depends |= dependsOn(graph, operand.node(), product, cone, seen);
        }
        if (depends) {
            cone.add(node);
        }
        return depends;
    }

    /**
     * A fused product is computed at every place. Behind a node that takes elements from it in some places and from
     * elsewhere in others it would be computed where it has none.
     */
    static void requireNoEdges(Node node) {
        if (node.op() instanceof Pad || node.op() instanceof Concat) {
            throw new DeclinedException(
                    node,
                    Quote.of(node) + " puts other elements beside the scores or probabilities",
                    "join or pad queries, keys and values instead");
        }
    }
}
