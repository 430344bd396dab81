package heddle.compiler.schedule;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.ScatterFamily;

/** The choices that all machines make alike. */
public final class FamilySchedules {
    /** Elements along the last axis that a block of a map has: enough work for a thread to begin, few enough to share out. */
    private static final int MAP_BLOCK = 8192;

    /** Rows of a block where memory is contiguous across rows: four vectors of 16 floats, or a line of threads. */
    private static final int ROWS_ACROSS = 64;

    private FamilySchedules() {}

    /** Blocks along the last axis. */
    public static KernelSchedule of(MapFamily map) {
        return map.axes().isEmpty()
                ? KernelSchedule.NONE
                : KernelSchedule.NONE.with(cut(map.axes().getLast(), MAP_BLOCK));
    }

    /** Blocks of owners, few of which are next to each other: each goes through all positions. */
    public static KernelSchedule of(ScatterFamily scatter) {
        return scatter.owners().isEmpty()
                ? KernelSchedule.NONE
                : KernelSchedule.NONE.with(cut(scatter.owners().getLast(), ROWS_ACROSS));
    }

    /** Reductions in registers; blocks of rows where memory is contiguous across them. */
    public static KernelSchedule of(RowFamily rows) {
        KernelSchedule schedule = KernelSchedule.NONE;
        if (rows.runsAcross()) {
            schedule = schedule.with(cut(rows.rows().getLast(), ROWS_ACROSS));
        }
        for (RowFamily.Step step : rows.steps()) {
            schedule = schedule.with(new Choice.Place(step.name().name(), TilePlace.REGISTER));
        }
        return schedule;
    }

    /** Blocks of {@code size} along an axis. */
    public static Choice cut(Axis axis, int size) {
        return new Choice.Cut(LoopId.of(axis), new Choice.Size.Blocks(size));
    }

    /** All of an axis in one block. */
    public static Choice whole(Axis axis) {
        return new Choice.Cut(LoopId.of(axis), new Choice.Size.Whole());
    }
}
