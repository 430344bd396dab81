package heddle.compiler.scheduled.group;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.Grid;
import heddle.compiler.scheduled.IndexMath;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.LocalArray;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.scheduled.Span;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelAxes;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Schedules kernels without products for devices. Where the schedule gives the indexes of a row to threads, those of a group share it:
 * each folds every so many elements, and a tree in local memory folds what they have. Otherwise each thread has a row, or an element,
 * of its own.
 */
final class GroupRows {
    private final TileKernel kernel;
    private final GridIndexes rows;
    private final OptionalInt shared;
    private final Map<DType, LocalArray> partials = new EnumMap<>(DType.class);

    GroupRows(TileKernel kernel) {
        this.kernel = kernel;
        this.rows = new GridIndexes(kernel.parallel(), axis -> 1);
        this.shared = KernelAxes.of(kernel).stream()
                .filter(axis -> !kernel.parallel().contains(axis))
                .flatMapToInt(axis -> kernel.schedule().bound(axis, Choice.Level.THREAD).stream())
                .findFirst();
    }

    private static IllegalStateException notAStep(TileStmt s) {
        return new IllegalStateException("not a step of a row: " + s);
    }

    ScheduledKernel schedule() {
        return shared.isPresent() ? byGroups(shared.getAsInt()) : byThreads();
    }

    private ScheduledKernel byThreads() {
        List<Axis> parallel = kernel.parallel();
        int threads = parallel.isEmpty()
                ? 1
                : kernel.schedule()
                        .bound(parallel.getLast(), Choice.Level.THREAD)
                        .orElse(1);
        Axis element = new Axis("element", rows.count());
        Action body = new Action.For(element, Span.WHOLE, Level.OfDevice.GRID, body(element, List.of()));
        return new ScheduledKernel(kernel, Grid.over(rows.count(), threads), List.of(), List.of(body));
    }

    private ScheduledKernel byGroups(int threads) {
        Axis row = new Axis("group", rows.count());
        Axis thread = new Axis("thread", Dim.of(threads));
        List<Action> body = body(row, List.of(thread));
        return DeviceScheduler.ofGroups(kernel, row, thread, body, List.copyOf(partials.values()));
    }

    /** @param thread the axis of threads that share a row, if they do */
    private List<Action> body(Axis number, List<Axis> thread) {
        List<Action> actions = new ArrayList<>(rows.of(number));
        for (TileStmt s : kernel.body()) {
            switch (s) {
                case TileStmt.Define d -> define(d.tile(), d.value(), thread, actions);
                case TileStmt.Store store -> actions.addAll(store(store, thread));
                default -> throw notAStep(s);
            }
        }
        return actions;
    }

    private void define(Tile tile, TileExpr value, List<Axis> thread, List<Action> actions) {
        Variable variable = tile.value();
        switch (value) {
            case TileExpr.Map m -> actions.add(new Action.Let(variable, m.program()));
            case TileExpr.Reduce r -> {
                actions.add(new Action.Let(variable, ScalarExprs.neutral(r.kind(), tile.type())));
                Action fold = new Action.Fold(variable, r.kind(), r.program(), r.ignoresNaN());
                actions.add(loop(r.over(), thread, fold));
                if (shared.isPresent() && shared.getAsInt() > 1) {
                    actions.addAll(tree(variable, r.kind(), ScalarExpr.of(thread.getFirst()), shared.getAsInt()));
                }
            }
            case TileExpr.Dot d -> throw new IllegalStateException("no product in a row kernel");
        }
    }

    /** Threads fold what they have in pairs, half of them at each step, until the first has the number that all of them read: a power of two of them. */
    private List<Action> tree(Variable result, Reduction kind, ScalarExpr thread, int threads) {
        DType type = Precision.computed(result.type());
        Buffer partial = partials.computeIfAbsent(type, t -> LocalArray.of("partial", t, threads))
                .buffer();
        Axis half = new Axis("half", Dim.of(threads));
        Variable mine = new Variable("mine", type);
        ScalarExpr other = new ScalarExpr.Element(partial, IndexMath.plus(thread, ScalarExpr.of(half)));
        List<Action> pair = List.of(
                new Action.Let(mine, new ScalarExpr.Element(partial, thread)),
                new Action.Fold(mine, kind, other, false),
                new Action.Store(partial, thread, mine));
        Action folded = new Action.When(IndexMath.isBelow(thread, ScalarExpr.of(half)), pair);
        return List.of(
                new Action.Store(partial, thread, result),
                new Action.For(half, new Span.Halves(threads / 2), Level.EACH, List.of(folded)),
                new Action.Assign(result, new ScalarExpr.Element(partial, IndexMath.ZERO)));
    }

    private List<Action> store(TileStmt.Store s, List<Axis> thread) {
        Action store = new Action.Store(s.buffer(), s.address(), s.value());
        List<Axis> along =
                s.axes().stream().filter(a -> !kernel.parallel().contains(a)).toList();
        if (!along.isEmpty()) {
            return List.of(loop(along.getFirst(), thread, store));
        }
        return IndexMath.where(
                thread.stream().map(t -> IndexMath.isZero(ScalarExpr.of(t))).toList(), List.of(store));
    }

    /** The indexes along a row that one thread has. */
    private Action loop(Axis axis, List<Axis> thread, Action body) {
        Span span = thread.isEmpty()
                ? Span.WHOLE
                : new Span.Steps(ScalarExpr.of(thread.getFirst()), ScalarExpr.of(axis.extent()), shared.getAsInt());
        return new Action.For(axis, span, Level.EACH, List.of(body));
    }
}
