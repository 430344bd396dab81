package heddle.compiler.scheduled.group;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.IndexMath;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The indexes of several axes that one number stands for, of which the last moves fastest.
 *
 * @param axes   outermost first
 * @param blocks how many indexes a block has along an axis; one where each index counts
 */
record GridIndexes(List<Axis> axes, ToIntFunction<Axis> blocks) {
    /** Where the current block of an axis begins: an index that loops and actions set. */
    static Axis from(Axis axis) {
        return new Axis(axis.name() + "From", axis.extent());
    }

    /** How many numbers there are. */
    Dim count() {
        return axes.stream().map(this::count).reduce(Dim.ONE, Dim::times);
    }

    private Dim count(Axis axis) {
        return axis.extent().ceilDiv(Dim.of(blocks.applyAsInt(axis)));
    }

    /** Sets the index along each axis of single indexes, and where the block of any other begins. */
    List<Action> of(Axis number) {
        List<Action> actions = new ArrayList<>();
        List<Axis> counted = axes.stream().filter(a -> !count(a).is(1)).toList();
        ScalarExpr rest = ScalarExpr.of(number);
        Axis left = new Axis("rest", number.extent());
        for (Axis axis : axes.reversed()) {
            int block = blocks.applyAsInt(axis);
            ScalarExpr index = ScalarExpr.of(0);
            ScalarExpr outer = rest;
            if (counted.contains(axis)) {
                ScalarExpr length = ScalarExpr.of(count(axis));
                boolean isLast = axis.equals(counted.getFirst());
                index = isLast ? rest : IndexMath.remainder(rest, length);
                if (!isLast) {
                    outer = IndexMath.quotient(rest, length);
                }
            }
            actions.add(new Action.At(block > 1 ? from(axis) : axis, IndexMath.times(index, block)));
            if (!outer.equals(rest)) {
                actions.add(new Action.At(left, outer));
                rest = ScalarExpr.of(left);
            }
        }
        return actions;
    }
}
