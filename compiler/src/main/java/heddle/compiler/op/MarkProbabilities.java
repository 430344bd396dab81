package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.ScalarFn;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * Lets zeros of probabilities annihilate in products: a key of no probability adds nothing, whatever its value is. Probabilities
 * are what a softmax gives, looked at through views, masks, casts to floats and functions that keep zeros.
 */
public record MarkProbabilities() implements Pass {
    @Override
    public String name() {
        return "mark-probabilities";
    }

    @Override
    public Graph run(Graph graph) {
        BitSet probabilities = new BitSet();
        for (Node node : graph.nodes()) {
            probabilities.set(node.id(), isProbability(graph, node, probabilities));
        }
        return Rewriter.replace(
                graph,
                (node, rewriter) -> marked(graph, node, probabilities)
                        .map(op -> rewriter.out()
                                .add(op, rewriter.operands(node), node.origin())
                                .value()));
    }

    private static Optional<Contract> marked(Graph graph, Node node, BitSet probabilities) {
        if (!(node.op() instanceof Contract c) || c.zeros() != Annihilating.NEITHER) {
            return Optional.empty();
        }
        if (probabilities.get(graph.operand(node, 0).node().id())) {
            return Optional.of(new Contract(c.equation(), Annihilating.LEFT));
        }
        return probabilities.get(graph.operand(node, 1).node().id())
                ? Optional.of(new Contract(c.equation(), Annihilating.RIGHT))
                : Optional.empty();
    }

    /** Whether the node gives probabilities, or what is zero wherever they are. */
    private static boolean isProbability(Graph graph, Node node, BitSet probabilities) {
        Operands operands = new Operands(graph, graph.operands(node), probabilities);
        return switch (node.op()) {
            case Softmax s -> true;
            case Cast c -> c.to().isFloat() && operands.isProbability(0);
            case Elementwise e -> isZeroForZeros(e.fn(), operands);
            case Pointwise p -> p.isView() && operands.isProbability(0);
            default -> false;
        };
    }

    private static boolean isZeroForZeros(ScalarFn fn, Operands operands) {
        return switch (fn) {
            case NEG, ABS, SQRT, DIV -> operands.isProbability(0);
            case MUL -> operands.isProbability(0) || operands.isProbability(1);
            case POW -> operands.isProbability(0) && operands.isNumber(1, n -> n > 0);
            case ADD, SUB -> operands.isProbability(0) && operands.isProbability(1);
            case MIN -> operands.isEither(0, 1, n -> n >= 0);
            case MAX -> operands.isEither(0, 1, n -> n <= 0);
            case SELECT -> operands.isEither(1, 2, n -> n == 0);
            default -> false;
        };
    }

    /** What a node is computed from. */
    private record Operands(Graph graph, List<Value> values, BitSet probabilities) {
        boolean isProbability(int slot) {
            return probabilities.get(values.get(slot).node().id());
        }

        /** Whether both are probabilities, or one is and the other a number that passes a test. */
        boolean isEither(int a, int b, DoublePredicate test) {
            return isProbability(a) && (isProbability(b) || isNumber(b, test)) || isProbability(b) && isNumber(a, test);
        }

        boolean isNumber(int slot, DoublePredicate test) {
            Node node = values.get(slot).node();
            while (node.op() instanceof Pointwise p && p.isView()) {
                node = graph.operand(node, 0).node();
            }
            return node.op() instanceof Constant c
                    && c.isSplat()
                    && test.test(c.values().getFirst().doubleValue());
        }
    }
}
