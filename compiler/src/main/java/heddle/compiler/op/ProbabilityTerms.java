package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Sums and differences of probabilities that meet values in a matmul. The difference of two equal probabilities is zero
 * although both keys have weight, so its zeros must not annihilate; those of its terms must.
 *
 * @param probabilities the nodes that are zero where probabilities are, by number
 */
record ProbabilityTerms(Graph graph, BitSet probabilities, Map<Node, Integer> counts) {
    /** A sum of more terms than this is left whole: sums of sums with themselves have too many. */
    private static final int MOST = 64;

    ProbabilityTerms(Graph graph, BitSet probabilities) {
        this(graph, probabilities, new HashMap<>());
    }

    /** Whether a factor is a sum that is taken apart. */
    boolean isSum(Value factor) {
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
        if (node.op() instanceof Pointwise p && p.isView() || is(node, ScalarFn.NEG)) {
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

    /** The matmul of each term, summed; in f32 where sixteen bits would round each before they are. */
    Value product(Node product, int slot, Rewriter rewriter) {
        Value sum = sum(graph.operand(product, slot), product, slot, rewriter, term -> term);
        return cast(sum, product.type().dtype(), product, rewriter);
    }

    private Value sum(Value factor, Node product, int slot, Rewriter rewriter, UnaryOperator<Value> scale) {
        Node node = factor.node();
        if (addsProbabilities(node)) {
            Value first = sum(graph.operand(node, 0), product, slot, rewriter, scale);
            Value last = sum(graph.operand(node, 1), product, slot, rewriter, scale);
            return rewriter.out().value(node.op(), node.origin(), first, last);
        }
        if (count(node) > 1) {
            int at = scaled(node).orElseThrow();
            return sum(graph.operand(node, at), product, slot, rewriter, term -> {
                List<Value> operands = new ArrayList<>(rewriter.operands(node));
                operands.set(at, term);
                return scale.apply(
                        rewriter.out().add(node.op(), operands, node.origin()).value());
            });
        }
        DType type = product.type().dtype();
        DType wide = type == DType.F64 ? type : DType.F32;
        Value own = cast(scale.apply(rewriter.get(factor)), wide, product, rewriter);
        Value other = cast(rewriter.operands(product).get(1 - slot), wide, product, rewriter);
        String equation = ((Contract) product.op()).equation();
        return slot == 0
                ? rewriter.out().value(new Contract(equation, Annihilating.LEFT), product.origin(), own, other)
                : rewriter.out().value(new Contract(equation, Annihilating.RIGHT), product.origin(), other, own);
    }

    private static Value cast(Value value, DType type, Node product, Rewriter rewriter) {
        return value.type().dtype() == type ? value : rewriter.out().part(new Cast(type), product.origin(), value);
    }
}
