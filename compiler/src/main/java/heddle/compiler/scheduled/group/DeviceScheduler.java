package heddle.compiler.scheduled.group;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.Grid;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.LocalArray;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.scheduled.Span;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.List;

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

    /** A kernel of groups of threads, with barriers among their actions. They end together: PoCL gets stores wrong that some threads skip where a kernel ends. */
    static ScheduledKernel ofGroups(
            TileKernel kernel, Axis group, Axis thread, List<Action> body, List<LocalArray> shared) {
        List<Action> ordered = new ArrayList<>(BarrierPlacement.in(body, shared, thread));
        ordered.add(new Action.Barrier());
        Action threads = new Action.For(thread, Span.WHOLE, Level.OfDevice.THREAD, ordered);
        Action groups = new Action.For(group, Span.WHOLE, Level.OfDevice.GROUP, List.of(threads));
        Grid grid = new Grid(group.extent(), Math.toIntExact(thread.extent().value()));
        return new ScheduledKernel(kernel, grid, shared, List.of(groups));
    }
}
