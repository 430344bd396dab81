package heddle.compiler.attention;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.NodesBetween;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.type.Dim;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/**
 * The path up from a softmax: through pointwise nodes to the one contraction that makes the scores.
 *
 * @param product the contraction
 * @param cone    the pointwise nodes between it and the softmax that depend on it
 */
public record ScoreCone(Node product, Set<Node> cone) {
    static final String SEVERAL_PRODUCTS =
            "the scores come from several products; one product of queries and keys can be fused";

    /**
     * @param length how many positions along the softmax axis meet values
     * @throws DeclinedException when there is no single product
     */
    static ScoreCone of(Graph graph, Dependence dependence, Node softmax, Dim length) {
        int axis = ((Softmax) softmax.op()).axis();
        Dim size = softmax.type().shape().with(axis, length).size();
        Node product = null;
        List<Node> whole = new ArrayList<>();
        for (Node next : ProductSearch.all(graph, graph.operand(softmax, 0), value -> true)) {
            product = next;
            if (product.type().shape().size().equals(size)) {
                whole.add(product);
            }
        }
        Node scores = whole.isEmpty() ? product : only(graph, dependence, softmax, whole);
        Set<Node> cone =
                new HashSet<>(between(graph, scores, graph.operand(softmax, 0).node()));
        cone.add(scores);
        return new ScoreCone(scores, cone);
    }

    /**
     * One product, or the one of queries and keys beside layers, which make a bias of features of each pair, and beside
     * products that are compared, which make a mask.
     */
    private static Node only(Graph graph, Dependence dependence, Node softmax, List<Node> products) {
        List<Node> numbers = ProductSearch.all(
                graph, graph.operand(softmax, 0), v -> v.type().dtype().isFloat());
        List<Node> computed = products.stream()
                .filter(p -> numbers.contains(p) && dependence.isProductOfComputed(p))
                .toList();
        if (products.size() > 1 && computed.size() != 1) {
            passedOn(graph, computed).ifPresent(passed -> {
                throw passedOn(graph, softmax, passed, computed);
            });
            throw new DeclinedException(
                    products.getFirst(),
                    SEVERAL_PRODUCTS,
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
                SourceExcerpt.of(sum) + " adds scores that another attention has, too, so they must be stored",
                "give each attention scores of its own; where scores are passed on from layer to layer, storing them is meant");
    }

    /** The pointwise nodes on the way from a product to {@code end}, in graph order. */
    private static SequencedSet<Node> between(Graph graph, Node product, Node end) {
        return NodesBetween.of(graph, product, end, node -> node.op() instanceof Pointwise);
    }
}
