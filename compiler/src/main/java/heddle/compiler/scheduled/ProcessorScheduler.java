package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.List;
import java.util.Optional;

/** Applies schedules for processors with vectors. */
public final class ProcessorScheduler {
    private ProcessorScheduler() {}

    /**
     * The scheduled form of a kernel.
     *
     * @param lanes floats in a vector
     */
    public static ScheduledKernel schedule(TileKernel kernel, int lanes) {
        if (kernel.schedule().hasRowsOneByOne()) {
            return new FewRowsActions(kernel, lanes).schedule();
        }
        Optional<TileStmt.AddTo> sums = ScatterActions.sums(kernel);
        if (sums.isPresent()) {
            return new ScheduledKernel(kernel, List.of(), ScatterActions.ofKernel(kernel, sums.get()));
        }
        if (kernel.body().stream().anyMatch(TileStmt.Loop.class::isInstance)) {
            return new BlockActions(kernel, lanes).schedule();
        }
        List<Axis> parallel = kernel.parallel();
        boolean columns = !parallel.isEmpty() && kernel.isBlocked(parallel.getLast());
        return new ScheduledKernel(
                kernel,
                List.of(),
                columns ? ColumnActions.ofKernel(kernel.body(), parallel.getLast()) : RowActions.ofKernel(kernel));
    }
}
