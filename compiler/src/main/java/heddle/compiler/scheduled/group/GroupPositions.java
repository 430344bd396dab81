package heddle.compiler.scheduled.group;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.IndexMath;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.Span;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;

/**
 * The indexes that a thread has along axes that a group shares. Past the end of an axis programs are given its last index, so that they
 * read only elements that exist; what they compute there is not used.
 */
record GroupPositions(TileKernel kernel, GroupShape shape) {
    /** The number of a thread in its group. */
    Axis thread() {
        return new Axis("thread", Dim.of(shape.threads()));
    }

    /** The first index of a thread along an axis of rows, within the block. */
    private Axis row(Axis axis) {
        return new Axis("row", Dim.of(shape.threadedWidth(axis)));
    }

    /** The first index of a thread along any axis of columns, within the block. */
    Axis column() {
        return new Axis("column", Dim.of(shape.threadColumns()));
    }

    /** Counts the indexes along an axis that a thread has. */
    static Axis register(Axis axis, int registers) {
        return new Axis(axis.name() + "'", Dim.of(registers));
    }

    Axis register(Axis axis) {
        return register(axis, shape.registers(axis));
    }

    /** Says which rows and columns a thread has. */
    List<Action> declared() {
        List<Action> actions = new ArrayList<>();
        actions.add(new Action.At(
                column(), IndexMath.remainder(ScalarExpr.of(thread()), ScalarExpr.of(shape.threadColumns()))));
        shape.shared().stream()
                .filter(shape::isRow)
                .map(axis -> new Action.At(row(axis), IndexMath.times(threadRow(), shape.registers(axis))))
                .distinct()
                .forEach(actions::add);
        return actions;
    }

    /** The row of threads that a thread is in. */
    ScalarExpr threadRow() {
        return IndexMath.quotient(ScalarExpr.of(thread()), ScalarExpr.of(shape.threadColumns()));
    }

    /** The place of a thread among those that share an axis. */
    ScalarExpr threadAlong(Axis axis) {
        return shape.isRow(axis) ? threadRow() : ScalarExpr.of(column());
    }

    /** A thread's index along a shared axis, within the block. */
    ScalarExpr within(Axis axis) {
        ScalarExpr register = ScalarExpr.of(register(axis));
        return shape.isRow(axis)
                ? IndexMath.plus(ScalarExpr.of(row(axis)), register)
                : IndexMath.plus(ScalarExpr.of(column()), IndexMath.times(register, shape.threadColumns()));
    }

    /** Where the block of an axis begins. */
    ScalarExpr from(Axis axis) {
        return shape.isBlocked(axis) || !shape.beginsAtZero(axis)
                ? ScalarExpr.of(GridIndexes.from(axis))
                : IndexMath.ZERO;
    }

    /** The same index in the whole tensor, which may be past the end of the axis. */
    ScalarExpr position(Axis axis) {
        return IndexMath.plus(from(axis), within(axis));
    }

    /** The last index of an axis that there is. */
    private ScalarExpr last(Axis axis) {
        ScalarExpr end = shape.end(axis);
        return end instanceof ScalarExpr.IntLiteral i
                ? ScalarExpr.of(Math.max(0, i.value() - 1))
                : end instanceof ScalarExpr.Length l
                        ? ScalarExpr.of(l.dim().minus(1))
                        : IndexMath.plus(end, ScalarExpr.of(-1));
    }

    /** The last index of the block of an axis. */
    ScalarExpr lastOfBlock(Axis axis) {
        ScalarExpr last = IndexMath.plus(from(axis), ScalarExpr.of(shape.width(axis) - 1));
        return shape.isWhole(axis) ? last : IndexMath.least(last, last(axis));
    }

    /** Sets the index of a shared axis for programs. */
    Action index(Axis axis) {
        boolean isInside = shape.isWhole(axis) && shape.covers(axis);
        ScalarExpr position = position(axis);
        Action at = new Action.At(axis, isInside ? position : IndexMath.least(position, last(axis)));
        return new Action.For(register(axis), Span.WHOLE, Level.OfDevice.REGISTER, List.of(at));
    }

    /** What says that a thread's index along a shared axis is one of its block; nothing when it always is. */
    List<ScalarExpr> isWithin(Axis axis) {
        List<ScalarExpr> conditions = new ArrayList<>();
        if (!shape.covers(axis) && shape.isBlocked(axis)) {
            conditions.add(IndexMath.isBelow(within(axis), ScalarExpr.of(shape.width(axis))));
        }
        if (!shape.isWhole(axis) || !shape.covers(axis) && !shape.isBlocked(axis)) {
            conditions.add(IndexMath.isBelow(position(axis), shape.end(axis)));
        }
        return conditions;
    }

    /** What says that a thread is the first of those that have the same elements of a tile; nothing where each has its own. */
    List<ScalarExpr> isFirst(List<Axis> axes) {
        List<ScalarExpr> conditions = new ArrayList<>();
        if (shape.threadColumns() > 1 && axes.stream().allMatch(shape::isRow)) {
            conditions.add(IndexMath.isZero(ScalarExpr.of(column())));
        }
        if (shape.threadRows() > 1 && axes.stream().noneMatch(shape::isRow)) {
            conditions.add(IndexMath.isBelow(ScalarExpr.of(thread()), ScalarExpr.of(shape.threadColumns())));
        }
        return conditions;
    }

    /** Actions for each of the indexes along some axes that a thread has, those of rows outermost. */
    List<Action> each(List<Axis> axes, List<Action> actions) {
        List<Action> body = actions;
        List<Axis> ordered = new ArrayList<>(axes);
        ordered.sort((a, b) -> Boolean.compare(shape.isRow(b), shape.isRow(a)));
        for (Axis axis : ordered.reversed()) {
            body = List.of(new Action.For(register(axis), Span.WHOLE, Level.OfDevice.REGISTER, body));
        }
        return body;
    }
}
