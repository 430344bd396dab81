package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.ScalarFn;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Sums and differences of probabilities that meet values in a matmul. The difference of two equal probabilities is zero
 * although both keys have weight, so its zeros must not annihilate; those of its terms must.
 *
 * @param probabilities the nodes that are zero where probabilities are, by number
 */
record ProbabilityTerms(Graph graph, BitSet probabilities, Map<Node, Integer> counts) implements TermwiseProduct.Terms {
    /** A sum of more terms than this is left whole: sums of sums with themselves have too many. */
    private static final int MOST = 64;

    ProbabilityTerms(Graph graph, BitSet probabilities) {
        this(graph, probabilities, new HashMap<>());
    }

    /** Whether a factor is a sum that is taken apart. */
    boolean isTakenApart(Value factor) {
        int terms = count(factor.node());
        return terms > 1 && terms <= MOST;
    }

    private int count(Node node) {
        Integer known = counts.get(node);
        if (known != null) {
            return known;
        }
        OptionalInt scaled = scaled(node);
        int terms = addsProbabilities(node)
                ? Math.min(MOST + 1, count(operand(node, 0)) + count(operand(node, 1)))
                : scaled.isPresent() ? count(operand(node, scaled.getAsInt())) : 1;
        counts.put(node, terms);
        return terms;
    }

    private Node operand(Node node, int slot) {
        return graph.operand(node, slot).node();
    }

    private boolean isProbability(Value value) {
        return probabilities.get(value.node().id());
    }

    private boolean addsProbabilities(Node node) {
        return (is(node, ScalarFn.ADD) || is(node, ScalarFn.SUB))
                && graph.operands(node).stream()
                        .allMatch(v -> isProbability(v) && v.type().equals(node.type()));
    }

    /** The operand that a node arranges otherwise, multiplies with something or sets to zero in places. */
    private OptionalInt scaled(Node node) {
        if (node.op() instanceof View || is(node, ScalarFn.NEG)) {
            return OptionalInt.of(0).stream()
                    .filter(slot -> isProbability(graph.operand(node, slot)))
                    .findFirst();
        }
        return IntStream.range(0, graph.operands(node).size())
                .filter(slot -> isLinear(node, slot))
                .filter(slot -> isProbability(graph.operand(node, slot))
                        && graph.operand(node, slot).type().equals(node.type())
                        && count(operand(node, slot)) > 1)
                .findFirst();
    }

    private boolean isLinear(Node node, int slot) {
        return is(node, ScalarFn.MUL)
                || is(node, ScalarFn.DIV) && slot == 0
                || is(node, ScalarFn.SELECT) && slot > 0 && !isProbability(graph.operand(node, 3 - slot));
    }

    private static boolean is(Node node, ScalarFn fn) {
        return node.op() instanceof Elementwise e && e.fn() == fn;
    }

    /** The matmul of each term, summed. */
    Value product(Node product, int slot, Rewriter rewriter) {
        String equation = ((Contract) product.op()).equation();
        Contract each = new Contract(equation, slot == 0 ? Annihilating.LEFT : Annihilating.RIGHT);
        return new TermwiseProduct(graph, this, rewriter, product, slot, each).value();
    }

    @Override
    public boolean isSum(Node node) {
        return addsProbabilities(node);
    }

    @Override
    public OptionalInt scaledSum(Node node) {
        return count(node) > 1 ? scaled(node) : OptionalInt.empty();
    }
}
