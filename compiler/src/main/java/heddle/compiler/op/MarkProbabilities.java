package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.ScalarFn;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.stream.Stream;

/**
 * Lets zeros of probabilities annihilate in products: a key of no probability adds nothing, whatever its value is. Probabilities
 * are what a softmax gives, looked at through views, masks, casts to floats and functions that keep zeros. The terms of a
 * sum or difference of probabilities meet the other factor one by one.
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
        ProbabilityTerms terms = new ProbabilityTerms(graph, probabilities);
        return Rewriter.replace(
                graph,
                (node, rewriter) -> slot(graph, node, probabilities).map(slot -> marked(terms, node, slot, rewriter)));
    }

    /** The factor of a product that is made of probabilities, the left one when both are. */
    private static Optional<Integer> slot(Graph graph, Node node, BitSet probabilities) {
        return node.op() instanceof Contract c && c.zeros() == Annihilating.NEITHER
                ? Stream.of(0, 1)
                        .filter(slot -> probabilities.get(
                                graph.operand(node, slot).node().id()))
                        .findFirst()
                : Optional.empty();
    }

    private static Value marked(ProbabilityTerms terms, Node node, int slot, Rewriter rewriter) {
        if (terms.isTakenApart(terms.graph().operand(node, slot))) {
            return terms.product(node, slot, rewriter);
        }
        Annihilating zeros = slot == 0 ? Annihilating.LEFT : Annihilating.RIGHT;
        Contract product = new Contract(((Contract) node.op()).equation(), zeros);
        return rewriter.out()
                .add(product, rewriter.operands(node), node.origin())
                .value();
    }

    /** Whether the node gives probabilities, or what is zero wherever they are. */
    private static boolean isProbability(Graph graph, Node node, BitSet probabilities) {
        Operands operands = new Operands(graph, graph.operands(node), probabilities);
        return switch (node.op()) {
            case Softmax s -> true;
            case Cast c -> c.to().isFloat() && operands.isProbability(0);
            case Elementwise e -> isZeroForZeros(e.fn(), operands);
            case View v -> operands.isProbability(0);
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
            return View.behind(graph, values.get(slot)).node().op() instanceof Constant c
                    && c.isSplat()
                    && test.test(c.values().getFirst().doubleValue());
        }
    }
}
