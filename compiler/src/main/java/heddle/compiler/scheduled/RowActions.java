package heddle.compiler.scheduled;

import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Schedules kernels whose blocks are rows. Each reduction and each store along the row is a loop in a method of its own. */
final class RowActions {
    private RowActions() {}

    static List<Action> ofKernel(TileKernel kernel) {
        return kernel.body().stream().map(s -> action(s, kernel.schedule())).toList();
    }

    private static Action action(TileStmt stmt, KernelSchedule schedule) {
        return switch (stmt) {
            case TileStmt.Define d ->
                switch (d.value()) {
                    case TileExpr.Map m -> new Action.Let(d.tile().value(), m.program());
                    case TileExpr.Reduce r ->
                        reduce(d.tile().value(), r, Span.WHOLE, List.of(), schedule.unroll(d.tile(), r.over()));
                    case TileExpr.Dot dot -> throw notAStep(stmt);
                };
            case TileStmt.Store s ->
                s.axes().isEmpty()
                        ? new Action.Store(s.buffer(), s.address(), s.value())
                        : along(s.buffer().name(), s.axes().getFirst(), Span.WHOLE, s);
            default -> throw notAStep(stmt);
        };
    }

    private static IllegalStateException notAStep(TileStmt stmt) {
        return new IllegalStateException("not a step of a row: " + stmt);
    }

    /**
     * A reduction along a row.
     *
     * @param stores       what is written at each index before its value is taken
     * @param accumulators vectors of partial results
     */
    static Action.Method reduce(
            Variable result, TileExpr.Reduce r, Span span, List<Action.Store> stores, int accumulators) {
        Level level = Level.of(Level.Lanes.element(result.type()), accumulators);
        List<Action> body = new ArrayList<>(stores);
        body.add(new Action.Fold(result, r.kind(), r.program(), r.ignoresNaN()));
        List<Action> actions = new ArrayList<>();
        actions.add(new Action.Begin(result, r.kind(), level));
        actions.add(new Action.For(r.over(), span, level, body));
        if (level instanceof Level.Lanes) {
            actions.add(new Action.Exchange(result, r.kind(), level));
        }
        return new Action.Method(result.name(), Optional.of(result), actions);
    }

    /** A store at each index along a row. */
    static Action.Method along(String name, Axis axis, Span span, TileStmt.Store s) {
        Level level = Level.of(lanes(s, axis), 1);
        Action store = new Action.Store(s.buffer(), s.address(), s.value());
        return new Action.Method(name, Optional.empty(), List.of(new Action.For(axis, span, level, List.of(store))));
    }

    /**
     * The lanes along {@code axis} that a store's values are computed in: none where neighbours do not lie next to each other, and
     * none where elements are packed, which are stored one by one.
     */
    static Optional<DType> lanes(TileStmt.Store s, Axis axis) {
        boolean contiguous =
                Stride.of(s.address(), axis).filter(Stride::isContiguous).isPresent();
        return contiguous ? elements(s) : Optional.empty();
    }

    /** The lanes that a store's values are computed in, wherever they are stored. */
    static Optional<DType> elements(TileStmt.Store s) {
        return s.buffer().stored().isPacked()
                ? Optional.empty()
                : Level.Lanes.element(s.value().type());
    }
}
