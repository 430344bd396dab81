package heddle.compiler.scheduled.group;

import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;

/** Applies schedules for devices. */
public final class DeviceScheduler {
    private DeviceScheduler() {}

    /** The scheduled form of a kernel, which begins with loops over groups and threads. */
    public static ScheduledKernel schedule(TileKernel kernel) {
        return isInBlocks(kernel) ? new GroupActions(kernel).schedule() : new GroupRows(kernel).schedule();
    }

    /** Whether groups have blocks of the result: where there are loops or products within the parallel loops. */
    public static boolean isInBlocks(TileKernel kernel) {
        return kernel.body().stream()
                .anyMatch(s -> s instanceof TileStmt.Loop || s.product().isPresent());
    }
}
