package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Concat;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Pad;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.type.Dim;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The path up from a softmax: through pointwise nodes to the one contraction that makes the scores.
 *
 * @param product the contraction
 * @param cone    the pointwise nodes between it and the softmax that depend on it
 */
record Scores(Node product, Set<Node> cone) {
    /**
     * @param length how many positions along the softmax axis meet values
     * @throws DeclinedException when there is no single product
     */
    static Scores of(Graph graph, Dependence dependence, Node softmax, Dim length) {
        int axis = ((Softmax) softmax.op()).axis();
        Dim size = softmax.type().shape().with(axis, length).size();
        Node product = null;
        List<Node> whole = new ArrayList<>();
        for (Node next : Search.all(graph, graph.operand(softmax, 0), value -> true)) {
            product = next;
            if (product.type().shape().size().equals(size)) {
                whole.add(product);
            }
        }
        Node scores = whole.isEmpty() ? product : only(graph, dependence, softmax, whole);
        Set<Node> cone =
                new HashSet<>(between(graph, scores, graph.operand(softmax, 0).node()));
        cone.add(scores);
        return new Scores(scores, cone);
    }

    /**
     * One product, or the one of queries and keys beside layers, which make a bias of features of each pair, and beside
     * products that are compared, which make a mask.
     */
    private static Node only(Graph graph, Dependence dependence, Node softmax, List<Node> products) {
        List<Node> numbers = Search.all(
                graph, graph.operand(softmax, 0), v -> v.type().dtype().isFloat());
        List<Node> computed = products.stream()
                .filter(p -> numbers.contains(p) && ScoreFlow.isProductOfComputed(graph, p, dependence))
                .toList();
        if (products.size() > 1 && computed.size() != 1) {
            passedOn(graph, computed).ifPresent(passed -> {
                throw passedOn(graph, softmax, passed, computed);
            });
            throw new DeclinedException(
                    products.getFirst(),
                    "the scores come from several products; one product of queries and keys can be fused",
                    "sum such products first, each scaled by numbers alone and of keys that all queries share, then add biases and masks");
        }
        return products.size() > 1 ? computed.getFirst() : products.getFirst();
    }

    /** The product that a softmax is made of elementwise which is not made of all others. */
    private static Optional<Node> passedOn(Graph graph, List<Node> products) {
        Map<Node, Set<Node>> softmaxes = new LinkedHashMap<>();
        products.forEach(product -> softmaxes.put(product, softmaxes(graph, product)));
        return products.stream()
                .filter(p -> !softmaxes.values().stream().allMatch(all -> all.containsAll(softmaxes.get(p))))
                .findFirst();
    }

    private static Set<Node> softmaxes(Graph graph, Node product) {
        Set<Node> found = new HashSet<>();
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(product));
        while (!open.isEmpty()) {
            for (Node user : graph.users(open.pop())) {
                if (user.op() instanceof Softmax) {
                    found.add(user);
                } else if (user.op() instanceof Pointwise && seen.add(user)) {
                    open.push(user);
                }
            }
        }
        return found;
    }

    /** Scores of another attention are added to those of this one. */
    private static DeclinedException passedOn(Graph graph, Node softmax, Node passed, List<Node> products) {
        Node end = graph.operand(softmax, 0).node();
        Set<Node> ofOthers = new HashSet<>();
        products.stream().filter(p -> p != passed).forEach(p -> ofOthers.addAll(between(graph, p, end)));
        Node sum = between(graph, passed, end).stream()
                .filter(ofOthers::contains)
                .findFirst()
                .orElse(passed);
        return new DeclinedException(
                sum,
                Quote.of(sum) + " adds scores that another attention has, too, so they must be stored",
                "give each attention scores of its own; where scores are passed on from layer to layer, storing them is meant");
    }

    /** The pointwise nodes on the way from a product to {@code end}, in graph order. */
    private static SequencedSet<Node> between(Graph graph, Node product, Node end) {
        return Between.of(graph, product, end, node -> node.op() instanceof Pointwise);
    }

    /** Whether any product for which a test holds is among what a value is made of elementwise, scores for example. */
    static boolean isAnyProduct(Graph graph, Value value, Predicate<Node> test) {
        Search search = new Search(graph, value, v -> true);
        Optional<Node> product = search.next();
        while (product.isPresent() && !test.test(product.get())) {
            product = search.next();
        }
        return product.isPresent();
    }

    /** Finds the products that a value is made of, the last in graph order first. */
    private static final class Search {
        private final Graph graph;
        private final Predicate<Value> followed;
        private final Set<Node> seen = new HashSet<>();
        private final PriorityQueue<Node> open =
                new PriorityQueue<>(Comparator.comparingInt(Node::id).reversed());

        /** @param followed whether to look at what a value is made of */
        Search(Graph graph, Value value, Predicate<Value> followed) {
            this.graph = graph;
            this.followed = followed;
            open.add(value.node());
        }

        static List<Node> all(Graph graph, Value value, Predicate<Value> followed) {
            Search search = new Search(graph, value, followed);
            List<Node> products = new ArrayList<>();
            for (Optional<Node> next = search.next(); next.isPresent(); next = search.next()) {
                products.add(next.get());
            }
            return products;
        }

        Optional<Node> next() {
            while (!open.isEmpty()) {
                Node node = open.remove();
                if (node.op() instanceof Contract) {
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
