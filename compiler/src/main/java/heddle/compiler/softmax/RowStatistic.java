package heddle.compiler.softmax;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.attention.AttentionResult.Kind;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One number for each row of scores that a softmax of them computes anyway, as it is written:
 *
 * <pre>
 * ROW_MAX      max(x)
 * ROW_SUM      sum(exp(x - m))               where m is the maximum, guarded or not
 * LOG_SUM_EXP  log(sum(exp(x)))
 *              m + log(sum(exp(x - m)))      where m is one number for each row, its maximum as a rule
 * </pre>
 *
 * The rows lie in its elements in order. A row of minus infinity throughout has a sum of zero, and minus infinity as its logarithm,
 * whatever m makes of it.
 *
 * @param node the last that it takes
 * @param x    the scores
 * @param axis of the keys
 * @param kind which result of an attention it is
 */
public record RowStatistic(Node node, Value x, int axis, Kind kind) {
    /** Every one in a graph. */
    public static List<RowStatistic> in(Graph graph) {
        return graph.nodes().stream()
                .flatMap(node -> Stream.of(reduction(graph, node), logarithm(graph, node)))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<RowStatistic> reduction(Graph graph, Node node) {
        if (!(node.op() instanceof Reduce reduce) || reduce.axes().size() != 1) {
            return Optional.empty();
        }
        int axis = reduce.axes().getFirst();
        if (reduce.kind() == Reduction.MAX) {
            return Optional.of(new RowStatistic(node, graph.operand(node, 0), axis, Kind.ROW_MAX));
        }
        return RowSum.of(graph, ElementReference.in(node.value()))
                .flatMap(sum -> MaximumShift.of(graph, Exponents.withoutSecondMask(graph, inRow(sum)), axis))
                .filter(MaximumShift::own)
                .map(shift -> new RowStatistic(node, shift.x().value(), axis, Kind.ROW_SUM));
    }

    private static Optional<RowStatistic> logarithm(Graph graph, Node node) {
        ElementReference place = ElementReference.in(node.value());
        if (place.is(ScalarFn.LOG)) {
            return sum(graph, place, place).map(s -> new RowStatistic(node, s.exponents(), s.axis(), Kind.LOG_SUM_EXP));
        }
        return place.is(ScalarFn.ADD) ? shifted(graph, place, 0).or(() -> shifted(graph, place, 1)) : Optional.empty();
    }

    private static Optional<RowStatistic> shifted(Graph graph, ElementReference whole, int slot) {
        ElementReference shift = whole.operand(graph, slot).behindViews(graph);
        ElementReference logarithm = whole.operand(graph, 1 - slot).behindViews(graph);
        return sum(graph, whole, logarithm).flatMap(s -> {
            ElementReference y = Exponents.withoutSecondMask(graph, inRow(s));
            boolean isShifted = y.is(ScalarFn.SUB)
                    && y.operand(graph, 0).value().type().equals(y.value().type())
                    && y.operand(graph, 1).behindViews(graph).equals(shift);
            return isShifted
                    ? Optional.of(
                            new RowStatistic(whole.node(), y.operand(graph, 0).value(), s.axis(), Kind.LOG_SUM_EXP))
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
