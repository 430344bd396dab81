package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Schedules statements that are computed column by column: lanes run along an axis, loops down the column inside. Statements that run
 * along the same axis share a loop, unless a later one needs the result of an earlier reduction.
 */
record ColumnActions(Function<Axis, Span> spans, KernelSchedule schedule, List<Action> actions) {
    /** The body of a kernel whose innermost parallel axis is cut into blocks. */
    static List<Action> ofKernel(List<TileStmt> body, Axis lane) {
        Level level = Level.of(lanes(body, lane), 1);
        Action loop = new Action.For(lane, Span.BLOCK, level, of(body, axis -> Span.WHOLE, KernelSchedule.NONE));
        return List.of(new Action.Method(lane.name(), Optional.empty(), List.of(loop)));
    }

    /** The lanes that hold everything the statements compute, when there are any and stores are contiguous. */
    private static Optional<DType> lanes(List<TileStmt> body, Axis axis) {
        Set<Optional<DType>> all = new HashSet<>();
        for (TileStmt stmt : body) {
            switch (stmt) {
                case TileStmt.Define d -> all.add(Level.Lanes.element(d.tile().type()));
                case TileStmt.Store s -> all.add(RowActions.lanes(s, axis));
                default -> throw notAStep(stmt);
            }
        }
        return all.size() == 1 ? all.iterator().next() : Optional.empty();
    }

    /**
     * The actions for one column.
     *
     * @param spans    of the axes that loops run down
     * @param schedule says how many partial results reductions have
     */
    static List<Action> of(List<TileStmt> body, Function<Axis, Span> spans, KernelSchedule schedule) {
        ColumnActions columns = new ColumnActions(spans, schedule, new ArrayList<>());
        columns.add(body);
        return columns.actions;
    }

    /**
     * The loops of one store, lanes along its last axis: a row after another, so that neighbouring lines of a cache are filled one after
     * another.
     */
    static Action byRows(TileStmt.Store s, Span span, Level lanes, Function<Axis, Span> spans) {
        Axis row = s.axes().getFirst();
        Action store = new Action.Store(s.buffer(), s.address(), s.value());
        Action along = new Action.For(s.axes().getLast(), span, lanes, List.of(store));
        return new Action.For(row, spans.apply(row), Level.EACH, List.of(along));
    }

    private void add(List<TileStmt> body) {
        List<TileStmt> rest = body;
        while (!rest.isEmpty()) {
            Optional<Axis> axis = along(rest.getFirst());
            int count = axis.isPresent() ? fusable(axis.get(), rest) : 1;
            List<TileStmt> together = rest.subList(0, count);
            if (axis.isPresent()) {
                loop(axis.get(), together);
            } else {
                actions.add(once(together.getFirst()));
            }
            rest = rest.subList(count, rest.size());
        }
    }

    /** The axis of the loop that a statement needs. */
    private static Optional<Axis> along(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Define d ->
                switch (d.value()) {
                    case TileExpr.Map m -> Optional.empty();
                    case TileExpr.Reduce r -> Optional.of(r.over());
                    case TileExpr.Dot dot -> throw notAStep(stmt);
                };
            case TileStmt.Store s -> down(s.axes());
            case TileStmt.AddTo a -> down(a.axes());
            default -> throw notAStep(stmt);
        };
    }

    /** The axis beside that of the lanes. */
    private static Optional<Axis> down(List<Axis> axes) {
        return axes.size() == 1 ? Optional.empty() : Optional.of(axes.getFirst());
    }

    private static IllegalStateException notAStep(TileStmt stmt) {
        return new IllegalStateException("not a step of a column: " + stmt);
    }

    /** How many of the first statements one loop can take. */
    private static int fusable(Axis axis, List<TileStmt> stmts) {
        List<ScalarExpr> reduced = new ArrayList<>();
        int count = 0;
        for (TileStmt stmt : stmts) {
            boolean needsResult = reduced.stream().anyMatch(r -> ScalarExprs.contains(program(stmt), r));
            if (needsResult || !along(stmt).equals(Optional.of(axis))) {
                break;
            }
            if (stmt instanceof TileStmt.Define d) {
                reduced.add(d.tile().value());
            }
            count++;
        }
        return count;
    }

    /** What a statement computes at each index. */
    static ScalarExpr program(TileStmt stmt) {
        return stmt.programs().getLast();
    }

    private static Action once(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Define d -> new Action.Let(d.tile().value(), program(stmt));
            case TileStmt.Store s -> new Action.Store(s.buffer(), s.address(), s.value());
            case TileStmt.AddTo a -> new Action.Add(a.buffer(), a.address(), a.value(), a.kind());
            default -> throw notAStep(stmt);
        };
    }

    /** A loop down the column. */
    private void loop(Axis axis, List<TileStmt> together) {
        Level level = level(axis, together);
        List<Action> body = new ArrayList<>();
        List<Action> after = new ArrayList<>();
        for (TileStmt stmt : together) {
            if (stmt instanceof TileStmt.Define d && d.value() instanceof TileExpr.Reduce r) {
                ScalarExpr.Variable result = d.tile().value();
                actions.add(new Action.Begin(result, r.kind(), level));
                body.add(new Action.Fold(result, r.kind(), r.program(), r.ignoresNaN()));
                if (level instanceof Level.Several) {
                    after.add(new Action.Exchange(result, r.kind(), level));
                }
            } else {
                body.add(once(stmt));
            }
        }
        actions.add(new Action.For(axis, spans.apply(axis), level, body));
        actions.addAll(after);
    }

    /** Several at once where a loop does nothing but reduce. */
    private Level level(Axis axis, List<TileStmt> together) {
        int several = together.stream()
                .mapToInt(stmt -> stmt instanceof TileStmt.Define d ? schedule.unroll(d.tile(), axis) : 1)
                .min()
                .orElse(1);
        return several > 1 ? new Level.Several(several) : Level.EACH;
    }
}
