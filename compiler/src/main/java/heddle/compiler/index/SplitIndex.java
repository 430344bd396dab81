package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;

/** An index by the block that it is in and what is left: {@code block * size + within}. */
final class SplitIndex {
    private SplitIndex() {}

    static ScalarExpr of(Axis block, int size, Axis within) {
        return plus(times(block, size), ScalarExpr.of(within));
    }

    /** The same where a block is in parts of {@code length}. */
    static ScalarExpr of(Axis block, int size, Axis part, int length, Axis within) {
        return plus(plus(times(block, size), times(part, length)), ScalarExpr.of(within));
    }

    private static ScalarExpr times(Axis axis, int factor) {
        return ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(axis), ScalarExpr.of(factor));
    }

    private static ScalarExpr plus(ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.ADD, a, b);
    }
}
