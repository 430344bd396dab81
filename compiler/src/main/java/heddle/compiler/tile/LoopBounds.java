package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;

/**
 * The indexes of a loop: {@code from <= index < to}. Both are i64 programs over lengths, elements and the axes of enclosing loops.
 *
 * @param from the first index
 * @param to   the index behind the last
 */
public record LoopBounds(ScalarExpr from, ScalarExpr to) {
    /** All indexes of an axis. */
    public static LoopBounds of(Axis axis) {
        return new LoopBounds(ScalarExpr.of(0), ScalarExpr.of(axis.extent()));
    }

    /** Whether these are all indexes of {@code axis}. */
    public boolean areAllOf(Axis axis) {
        return equals(of(axis));
    }
}
