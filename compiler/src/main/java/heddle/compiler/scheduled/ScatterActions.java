package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.List;
import java.util.Optional;

/** Schedules kernels that add to memory at indexes that they read: lanes along what is contiguous, positions one after another. */
final class ScatterActions {
    private ScatterActions() {}

    /** The sums of a kernel that does nothing else. */
    static Optional<TileStmt.AddTo> sums(TileKernel kernel) {
        return kernel.body().size() == 1
                        && kernel.body().getFirst() instanceof TileStmt.Loop loop
                        && loop.body().size() == 1
                        && loop.body().getFirst() instanceof TileStmt.AddTo add
                ? Optional.of(add)
                : Optional.empty();
    }

    static List<Action> ofKernel(TileKernel kernel, TileStmt.AddTo add) {
        TileStmt.Store store = new TileStmt.Store(add.buffer(), add.axes(), add.address(), add.value());
        Axis position = add.axes().getFirst();
        List<Action> body = List.of(new Action.For(
                position,
                Span.WHOLE,
                Level.EACH,
                List.of(new Action.Add(add.buffer(), add.address(), add.value(), add.kind()))));
        Optional<Axis> lane =
                add.axes().stream().skip(1).filter(kernel::isBlocked).findFirst();
        Action loop = lane.<Action>map(
                        axis -> new Action.For(axis, Span.BLOCK, Level.of(RowActions.lanes(store, axis), 1), body))
                .orElseGet(body::getFirst);
        return List.of(new Action.Method(position.name(), Optional.empty(), List.of(loop)));
    }
}
