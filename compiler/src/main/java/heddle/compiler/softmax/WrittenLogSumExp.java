package heddle.compiler.softmax;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The logarithm of the sum of each row's exponentials, as it is written:
 *
 * <pre>
 * log(sum(exp(x)))
 * m + log(sum(exp(x - m)))      where m is one number for each row, its maximum as a rule
 * </pre>
 *
 * The rows lie in its elements in order. A row of minus infinity throughout has minus infinity, whatever m makes of it.
 *
 * @param node the logarithm, or the sum with m
 * @param x    what it is of
 * @param axis along which it sums
 */
public record WrittenLogSumExp(Node node, Value x, int axis) {
    /** Every one in a graph. */
    public static List<WrittenLogSumExp> in(Graph graph) {
        return graph.nodes().stream()
                .flatMap(node -> of(graph, ElementReference.in(node.value())).stream())
                .toList();
    }

    private static Optional<WrittenLogSumExp> of(Graph graph, ElementReference place) {
        if (place.is(ScalarFn.LOG)) {
            return sum(graph, place, place).map(s -> new WrittenLogSumExp(place.node(), s.exponents(), s.axis()));
        }
        return place.is(ScalarFn.ADD) ? shifted(graph, place, 0).or(() -> shifted(graph, place, 1)) : Optional.empty();
    }

    private static Optional<WrittenLogSumExp> shifted(Graph graph, ElementReference whole, int slot) {
        ElementReference shift = whole.operand(graph, slot).behindViews(graph);
        ElementReference logarithm = whole.operand(graph, 1 - slot).behindViews(graph);
        return sum(graph, whole, logarithm).flatMap(s -> {
            ElementReference y = Exponents.withoutSecondMask(graph, inRow(s));
            boolean isShifted = y.is(ScalarFn.SUB)
                    && y.operand(graph, 0).value().type().equals(y.value().type())
                    && y.operand(graph, 1).behindViews(graph).equals(shift);
            return isShifted
                    ? Optional.of(new WrittenLogSumExp(
                            whole.node(), y.operand(graph, 0).value(), s.axis()))
                    : Optional.empty();
        });
    }

    /** The sum that a logarithm is of, when {@code whole} has one element for each of its rows, in their order. */
    private static Optional<RowSum> sum(Graph graph, ElementReference whole, ElementReference logarithm) {
        if (!logarithm.is(ScalarFn.LOG)) {
            return Optional.empty();
        }
        ElementReference read = logarithm.operand(graph, 0).behindViews(graph);
        return RowSum.of(graph, read)
                .filter(s -> s.sum().equals(read)
                        && address(s.sum()).equals(address(whole))
                        && read.value()
                                .type()
                                .shape()
                                .size()
                                .equals(whole.value().type().shape().size()));
    }

    private static ScalarExpr address(ElementReference place) {
        return IndexSimplifier.address(place.value().type().shape(), place.index());
    }

    /** An element of the exponents in the row that a sum is of. */
    private static ElementReference inRow(RowSum sum) {
        List<ScalarExpr> index = new ArrayList<>(sum.sum().index());
        Dim length = sum.exponents().type().dim(sum.axis());
        if (index.size() == sum.exponents().type().rank()) {
            index.remove(sum.axis());
        }
        index.add(sum.axis(), ScalarExpr.of(new Axis("summed", length)));
        return new ElementReference(sum.exponents(), index);
    }
}
