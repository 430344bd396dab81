package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.tile.Annihilating;
import heddle.compiler.tile.ScalarFn;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Lets zeros of probabilities annihilate in products: a key of no probability adds nothing, whatever its value is. Probabilities
 * are what a softmax gives, looked at through views, masks, factors and casts to floats.
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

    /** Whether the node gives probabilities, or what is zero where probabilities are. */
    private static boolean isProbability(Graph graph, Node node, BitSet probabilities) {
        List<Value> operands = graph.operands(node);
        return switch (node.op()) {
            case Softmax s -> true;
            case Cast c -> c.to().isFloat() && isAny(operands, probabilities);
            case Elementwise e when e.fn() == ScalarFn.MUL -> isAny(operands, probabilities);
            case Elementwise e when e.fn() == ScalarFn.DIV || e.fn() == ScalarFn.NEG ->
                isAny(operands.subList(0, 1), probabilities);
            case Elementwise e when e.fn() == ScalarFn.SELECT ->
                isAny(operands.subList(1, 3), probabilities)
                        && operands.subList(1, 3).stream()
                                .allMatch(v -> isAny(List.of(v), probabilities) || isZero(graph, v));
            case Pointwise p -> p.isView() && isAny(operands, probabilities);
            default -> false;
        };
    }

    private static boolean isAny(List<Value> values, BitSet probabilities) {
        return values.stream().anyMatch(v -> probabilities.get(v.node().id()));
    }

    private static boolean isZero(Graph graph, Value value) {
        Node node = value.node();
        while (node.op() instanceof Pointwise p && p.isView()) {
            node = graph.operand(node, 0).node();
        }
        return node.op() instanceof Constant c
                && c.isSplat()
                && c.values().getFirst().doubleValue() == 0;
    }
}
