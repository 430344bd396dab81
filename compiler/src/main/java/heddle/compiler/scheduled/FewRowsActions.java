package heddle.compiler.scheduled;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Schedules kernels whose blocks have few rows, as attention with few queries has. Rows are computed one by one, or a few at once in
 * products; lanes run along what each row has. Factors with another row for each key are read where they lie.
 */
final class FewRowsActions {
    /** Row widths are multiples of this, so that no vector crosses the end of a row. */
    private static final int WIDTH = 16;

    /** Keys whose features stay in the first-level cache while all rows are multiplied with them. */
    private static final int CHUNK = 32;

    private final TileKernel kernel;
    private final int lanes;
    private final Axis row;
    private final SequencedMap<String, PlacedTile> placed = new LinkedHashMap<>();
    private final Map<String, BlockStrides> inPlace = new HashMap<>();

    /** Axes of loops over blocks. */
    private final Set<Axis> open = new HashSet<>();

    private List<Action> actions = new ArrayList<>();

    /** Statements on single rows that follow each other: they become one loop over rows. */
    private final List<TileStmt> ofRows = new ArrayList<>();

    /** @param lanes floats in a vector */
    FewRowsActions(TileKernel kernel, int lanes) {
        this.kernel = kernel;
        this.lanes = lanes;
        this.row =
                kernel.parallel().stream().filter(kernel::isBlocked).findFirst().orElseThrow();
    }

    ScheduledKernel schedule() {
        kernel.program().definitions().forEach(d -> place(d.tile(), d.value()));
        List<Action> body = of(kernel.body());
        return new ScheduledKernel(kernel, List.copyOf(placed.values()), body);
    }

    private void place(Tile tile, TileExpr value) {
        if (kernel.schedule().place(tile) == TilePlace.IN_PLACE && value instanceof TileExpr.Map m) {
            inPlace.put(
                    tile.name(),
                    BlockStrides.of(m.program(), kernel.sizes(tile.axes())).orElseThrow());
        } else {
            place(tile, tile.name());
        }
    }

    private PlacedTile place(Tile tile, String name) {
        Axis lane = tile.axes().size() == 1
                ? row
                : tile.axes().stream().filter(a -> !a.equals(row)).findFirst().orElseThrow();
        int width = kernel.isBlocked(lane)
                ? kernel.block(lane)
                : Math.toIntExact(lane.extent().value());
        int padded = Math.ceilDiv(width, WIDTH) * WIDTH;
        PlacedTile memory = PlacedTile.of(name, tile.type(), tile.axes(), lane, padded);
        placed.put(name, memory);
        return memory;
    }

    private int rows() {
        return Math.toIntExact(row.extent().value());
    }

    private List<Action> of(List<TileStmt> body) {
        List<Action> outer = actions;
        actions = new ArrayList<>();
        for (TileStmt stmt : body) {
            switch (stmt) {
                case TileStmt.Define d -> define(d);
                case TileStmt.Accumulate a -> act(sums(a.tile(), a.value()));
                case TileStmt.Loop l -> act(loop(l));
                default -> ofRows.add(stmt);
            }
        }
        flush();
        List<Action> inner = actions;
        actions = outer;
        return inner;
    }

    private void define(TileStmt.Define d) {
        if (inPlace.containsKey(d.tile().name())) {
            return;
        }
        PlacedTile memory = tile(d.tile());
        if (d.value() instanceof TileExpr.Dot dot) {
            act(dots(d.tile(), dot));
        } else if (memory.row().isPresent() && d.value() instanceof TileExpr.Map m && ScalarExprs.isZero(m.program())) {
            // Behind the ends of rows too: vectors of sums end there.
            actions.add(new Action.Fill(memory, 0));
        } else {
            ofRows.add(d);
        }
    }

    private void act(Action action) {
        flush();
        actions.add(action);
    }

    private Action loop(TileStmt.Loop l) {
        flush();
        int size = kernel.block(l.axis());
        if (size > 1) {
            open.add(l.axis());
        }
        List<Action> body = of(l.body());
        open.remove(l.axis());
        Span span = new Span.Between(l.bounds().from(), l.bounds().to());
        return size > 1
                ? new Action.Blocks(l.axis(), span, size, l.mask(), body)
                : new Action.For(l.axis(), span, Level.EACH, body);
    }

    /** As many pairs at once as a vector has lanes, so that one tree adds up all of them. */
    private Action dots(Tile tile, TileExpr.Dot dot) {
        int most = kernel.schedule().unroll(tile, row);
        List<ProductForm.Few> blocks = ProductForm.Few.of(rows(), most, rows -> Math.max(4, lanes / rows));
        return product(tile, dot, new ProductForm.FewRows(blocks, CHUNK, Math.max(4, lanes)), Optional.empty());
    }

    private Action sums(Tile tile, TileExpr.Dot dot) {
        PlacedTile before = place(tile, tile.name() + "Before");
        int most = kernel.schedule().unroll(tile, row);
        int sums = most * kernel.schedule().unroll(tile, before.lane());
        List<ProductForm.Few> blocks = ProductForm.Few.of(rows(), most, rows -> Math.max(1, sums / rows));
        return product(tile, dot, new ProductForm.FewRows(blocks, CHUNK, 0), Optional.of(before));
    }

    private Action product(Tile tile, TileExpr.Dot dot, ProductForm form, Optional<PlacedTile> before) {
        Action.Operand left = new Action.Operand.Placed(tile(dot.a()));
        Action.Operand right = new Action.Operand.InPlace(right(dot));
        return new Action.Product(tile(tile), left, right, dot.over(), dot.zeros(), before.isEmpty(), form, before);
    }

    private BlockStrides right(TileExpr.Dot dot) {
        return Optional.ofNullable(inPlace.get(dot.b().name()))
                .orElseThrow(() -> new IllegalStateException(dot.b() + " of few rows is not read in place"));
    }

    private PlacedTile tile(Tile tile) {
        return placed.get(tile.name());
    }

    private void flush() {
        if (!ofRows.isEmpty()) {
            actions.add(new Action.For(row, Span.BLOCK, Level.EACH, steps(ofRows)));
            ofRows.clear();
        }
    }

    /** The statements for one row: numbers of the row, and loops along it. */
    private List<Action> steps(List<TileStmt> statements) {
        List<Action> steps = new ArrayList<>();
        for (int n = 0; n < statements.size(); n++) {
            TileStmt stmt = statements.get(n);
            Optional<TileStmt.Store> along = along(stmt);
            Optional<TileStmt.Define> reduction =
                    n + 1 < statements.size() ? reduction(statements.get(n + 1)) : Optional.empty();
            if (along.isPresent()
                    && reduction.isPresent()
                    && along.get().axes().equals(List.of(reduce(reduction.get()).over()))) {
                n++;
                steps.addAll(reduced(reduction.get(), along));
            } else if (along.isPresent()) {
                steps.add(along(along.get()));
            } else {
                steps.addAll(step(stmt));
            }
        }
        return steps;
    }

    private static Optional<TileStmt.Define> reduction(TileStmt stmt) {
        return stmt instanceof TileStmt.Define d && d.value() instanceof TileExpr.Reduce
                ? Optional.of(d)
                : Optional.empty();
    }

    private static TileExpr.Reduce reduce(TileStmt.Define d) {
        return (TileExpr.Reduce) d.value();
    }

    private List<Action> step(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Define d ->
                switch (d.value()) {
                    case TileExpr.Map m -> List.of(number(d.tile(), m.program()));
                    case TileExpr.Reduce r -> reduced(d, Optional.empty());
                    case TileExpr.Dot dot -> throw new IllegalStateException("not a step of a row: " + stmt);
                };
            case TileStmt.Update u -> List.of(number(u.tile(), u.value().program()));
            case TileStmt.Store s -> List.of(new Action.Store(s.buffer(), s.address(), inMemory(s.value())));
            case TileStmt.Masked m ->
                List.of(new Action.Partial(
                        kernel.program().loop(m.loop()).axis(), OptionalInt.empty(), steps(m.body())));
            default -> throw new IllegalStateException("not a step of a row: " + stmt);
        };
    }

    private Action number(Tile tile, ScalarExpr program) {
        PlacedTile memory = tile(tile);
        return new Action.Store(memory.buffer(), memory.address(), inMemory(program));
    }

    /** A reduction along a row, after what is stored at each index; its result is kept in memory. */
    private List<Action> reduced(TileStmt.Define d, Optional<TileStmt.Store> store) {
        TileExpr.Reduce r = reduce(d);
        Variable result = d.tile().value();
        List<Action.Store> stores = store.map(s -> new Action.Store(s.buffer(), s.address(), s.value())).stream()
                .toList();
        TileExpr.Reduce inMemory = new TileExpr.Reduce(r.kind(), inMemory(r.program()), r.over(), r.ignoresNaN());
        PlacedTile memory = tile(d.tile());
        return List.of(
                RowActions.reduce(
                        result,
                        inMemory,
                        span(r.over()),
                        stores,
                        kernel.schedule().unroll(d.tile(), r.over())),
                new Action.Store(memory.buffer(), memory.address(), result));
    }

    /** The store along a row that a statement is, if it is one. */
    private Optional<TileStmt.Store> along(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Define d ->
                d.value() instanceof TileExpr.Map m ? along(d.tile(), m.program()) : Optional.empty();
            case TileStmt.Update u -> along(u.tile(), u.value().program());
            case TileStmt.Store s -> {
                List<Axis> axes = new ArrayList<>(s.axes());
                axes.remove(row);
                yield axes.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new TileStmt.Store(s.buffer(), axes, s.address(), inMemory(s.value())));
            }
            default -> Optional.empty();
        };
    }

    private Optional<TileStmt.Store> along(Tile tile, ScalarExpr program) {
        PlacedTile memory = tile(tile);
        return memory.row().isEmpty()
                ? Optional.empty()
                : Optional.of(new TileStmt.Store(
                        memory.buffer(), List.of(memory.lane()), memory.address(), inMemory(program)));
    }

    private Action along(TileStmt.Store s) {
        Axis axis = s.axes().getFirst();
        return RowActions.along(s.buffer().name().replaceFirst("Tile$", ""), axis, span(axis), s);
    }

    private Span span(Axis axis) {
        return open.contains(axis) || axis.equals(row) ? Span.BLOCK : Span.WHOLE;
    }

    /** {@code e} with tiles read from memory. */
    private ScalarExpr inMemory(ScalarExpr e) {
        return PlacedTile.inMemory(e, placed);
    }
}
