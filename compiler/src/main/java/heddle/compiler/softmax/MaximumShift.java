package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.StopGradient;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import java.util.Optional;

/**
 * Scores less the maximum of their row, as {@code x - max(x)} and {@code where(m, x, c) - max(x)}. A softmax makes a shift
 * that is the same for all of a row anyway.
 *
 * @param x   the scores
 * @param own whether the maximum is of just these scores, so that the exponentials of a row sum to one at least, or to
 *            zero where it is masked throughout
 * @param stopped whether gradients do not pass the maximum
 */
public record MaximumShift(ElementReference x, boolean own, boolean stopped) {
    /** The shift that a difference is, along {@code axis}. */
    public static Optional<MaximumShift> of(Graph graph, ElementReference y, int axis) {
        if (!y.is(ScalarFn.SUB)) {
            return Optional.empty();
        }
        ElementReference x = y.operand(graph, 0);
        ElementReference shift = Exponents.shift(graph, y.operand(graph, 1));
        boolean isMaximum = x.value().type().equals(y.value().type())
                && shift.node().op() instanceof Reduce r
                && r.kind() == Reduction.MAX
                && r.axes().equals(List.of(axis))
                && isMaskOf(graph, x, graph.operand(shift.node(), 0))
                && shift.index().equals(x.row(axis, r.keepDims()));
        return isMaximum
                ? Optional.of(new MaximumShift(x, isOwn(graph, x, shift.node()), isStopped(graph, y.operand(graph, 1))))
                : Optional.empty();
    }

    private static boolean isStopped(Graph graph, ElementReference shift) {
        return shift.behindViews(graph).node().op() instanceof StopGradient;
    }

    /** Whether {@code x} is {@code unmasked}, or that where a mask says so. */
    private static boolean isMaskOf(Graph graph, ElementReference x, Value unmasked) {
        if (x.value().equals(unmasked)) {
            return true;
        }
        return x.is(ScalarFn.SELECT)
                && (isMaskOf(graph, x.operand(graph, 1), unmasked) || isMaskOf(graph, x.operand(graph, 2), unmasked));
    }

    private static boolean isOwn(Graph graph, ElementReference x, Node maximum) {
        ElementReference reduced = new ElementReference(graph.operand(maximum, 0), x.index());
        return reduced.equals(x) || Exponents.of(graph, reduced).equals(Exponents.of(graph, x));
    }
}
