package heddle.compiler.scheduled;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Schedules kernels with matmuls: contraction and attention. Lanes run along the first blocked axis: the columns of a matmul, or the
 * queries of attention. So the scores of attention are computed transposed, and reduced without crossing lanes. Every tile with that
 * axis has it innermost in memory. A product that sums along that axis has lanes along the last axis of its sums, and so has the
 * factor with that axis.
 */
final class BlockActions {
    private final TileKernel kernel;
    private final int lanes;
    private final Axis lane;
    /** The tiles that span the axis of the lanes and have others: factors of products that sum along it. */
    private final Set<Tile> turned = new HashSet<>();

    private final SequencedMap<String, PlacedTile> placed = new LinkedHashMap<>();
    private final Map<String, Action.Operand> inPlace = new HashMap<>();

    /** Axes of which a block is current. */
    private final Set<Axis> open = new HashSet<>();

    /** Sums that were not set to zero, as their product does. */
    private final Set<Tile> unset = new HashSet<>();

    private List<Action> actions = new ArrayList<>();

    /** Statements of columns that follow each other: they become one loop. */
    private final List<TileStmt> columns = new ArrayList<>();

    private Axis along;
    private Optional<DType> element = Optional.empty();

    /** @param lanes floats in a vector */
    BlockActions(TileKernel kernel, int lanes) {
        this.kernel = kernel;
        this.lanes = lanes;
        this.lane = kernel.lanes().orElseThrow();
        kernel.parallel().stream().filter(kernel::isBlocked).forEach(open::add);
        for (TileStmt.Define d : kernel.program().definitions()) {
            if (d.value() instanceof TileExpr.Dot dot && dot.over().equals(lane)) {
                turned.add(dot.a().axes().contains(d.tile().axes().getLast()) ? dot.a() : dot.b());
            }
        }
    }

    ScheduledKernel schedule() {
        List<TileStmt> body = kernel.body();
        Optional<FirstLoop> loop = FirstLoop.of(body);
        Optional<Tile> checked = loop.flatMap(FirstLoop::checkedSums)
                .filter(sums -> Level.Lanes.element(sums.type()).isPresent());
        Optional<LoopMask.Fill> fill = loop.flatMap(FirstLoop::fill);
        int again = checked.isPresent() || fill.isPresent()
                ? loop.orElseThrow().before().size() + 1
                : 0;
        List<Action> first = inner(body.subList(0, again), Optional.empty());
        if (checked.isPresent()) {
            first = List.of(new Action.Checked(place(checked.get()), first));
        }
        if (fill.isPresent()) {
            first = List.of(
                    new Action.Sparse(place(fill.get().greatest()), fill.get().above(), first));
        }
        actions.addAll(first);
        actions.addAll(inner(body.subList(again, body.size()), Optional.empty()));
        return new ScheduledKernel(kernel, List.copyOf(placed.values()), actions);
    }

    /** The actions of statements within this block, or within a block of one more axis. */
    private List<Action> inner(List<TileStmt> body, Optional<Axis> looped) {
        flush();
        List<Action> outer = actions;
        actions = new ArrayList<>();
        looped.ifPresent(open::add);
        unset.addAll(new OneRound(kernel).sums(body));
        body.forEach(this::add);
        flush();
        looped.ifPresent(open::remove);
        List<Action> inner = actions;
        actions = outer;
        return inner;
    }

    private void add(TileStmt stmt) {
        switch (stmt) {
            case TileStmt.Define d -> define(d.tile(), d.value());
            case TileStmt.Update u -> define(u.tile(), u.value());
            case TileStmt.Accumulate a -> accumulate(a.tile(), a.value(), unset.contains(a.tile()));
            case TileStmt.Loop l -> act(loop(l));
            case TileStmt.Masked m ->
                act(new Action.Partial(
                        kernel.program().loop(m.loop()).axis(),
                        kernel.schedule().trim(m.loop()),
                        inner(m.body(), Optional.empty())));
            case TileStmt.AddTo a -> addTo(a);
            case TileStmt.Store s -> store(s);
        }
    }

    private Action loop(TileStmt.Loop l) {
        return kernel.cut(l) instanceof Choice.Size.Each
                ? new Action.For(l.axis(), Span.WHOLE, Level.EACH, inner(l.body(), Optional.empty()))
                : new Action.Blocks(
                        l.axis(),
                        l.bounds().areAllOf(l.axis())
                                ? Span.WHOLE
                                : new Span.Between(l.bounds().from(), l.bounds().to()),
                        kernel.block(l.axis()),
                        l.mask(),
                        inner(l.body(), Optional.of(l.axis())));
    }

    private static List<Axis> last(List<Axis> axes, Axis lane) {
        List<Axis> ordered = new ArrayList<>(axes);
        ordered.remove(lane);
        ordered.add(lane);
        return ordered;
    }

    /** In vectors, where those run along another axis than the lanes of the kernel and neighbours lie next to each other. */
    private void addTo(TileStmt.AddTo a) {
        Axis axis =
                a.axes().contains(lane) || a.axes().isEmpty() ? lane : a.axes().getLast();
        ScalarExpr value = inMemory(a.value());
        Optional<DType> element = Level.Lanes.element(value.type())
                .filter(t -> !axis.equals(lane))
                .filter(t -> new LaneAccess(axis, t).isContiguous(a.address()))
                .filter(t -> new LaneAccess(axis, t).isNative(value));
        column(
                axis,
                element,
                List.of(new TileStmt.AddTo(a.buffer(), last(a.axes(), axis), a.address(), value, a.kind())));
    }

    private void act(Action action) {
        flush();
        actions.add(action);
    }

    private void define(Tile tile, TileExpr value) {
        switch (value) {
            case TileExpr.Map m -> {
                Optional<Action.Operand> block = readInPlace(tile, m.program());
                if (block.isPresent()) {
                    inPlace.put(tile.name(), block.get());
                } else if (isHeld(tile)) {
                    column(
                            lane,
                            Level.Lanes.element(tile.type()),
                            List.of(new TileStmt.Define(tile, new TileExpr.Map(inMemory(m.program())))));
                } else if (ScalarExprs.isZero(m.program())) {
                    if (!unset.contains(tile)) {
                        act(new Action.Fill(place(tile), 0));
                    }
                } else if (m.program() instanceof ScalarExpr.Literal l
                        && l.type().isFloat()) {
                    act(new Action.Fill(place(tile), l.value()));
                } else {
                    fill(place(tile), inMemory(m.program()));
                }
            }
            case TileExpr.Reduce r -> {
                List<TileStmt> statements = new ArrayList<>();
                statements.add(new TileStmt.Define(
                        tile, new TileExpr.Reduce(r.kind(), inMemory(r.program()), r.over(), r.ignoresNaN())));
                if (!isHeld(tile)) {
                    PlacedTile t = place(tile);
                    statements.add(new TileStmt.Store(t.buffer(), t.axes(), t.address(), tile.value()));
                }
                column(lane, Level.Lanes.element(tile.type()), statements);
            }
            case TileExpr.Dot dot -> accumulate(tile, dot, true);
        }
    }

    /** @param fromZero whether the sums are those of this product alone */
    private void accumulate(Tile tile, TileExpr.Dot dot, boolean fromZero) {
        boolean fresh = fromZero && products().startFresh(tile, dot);
        if (fromZero && !fresh) {
            act(new Action.Fill(place(tile), 0));
        }
        act(products().of(tile, dot, fresh));
    }

    /** Where a program reads neighbours along the rows of a tile, these are turned. */
    private void fill(PlacedTile tile, ScalarExpr program) {
        Optional<Turning.Filled> filled = new Turning(kernel::sizes).filled(tile, program);
        if (filled.isEmpty()) {
            column(tile.lane(), new TileStmt.Store(tile.buffer(), tile.axes(), tile.address(), program));
            return;
        }
        Axis rows = filled.get().rows();
        Action.Operand from = filled.get()
                .buffer()
                .<Action.Operand>map(Action.Operand.InPlace::new)
                .orElseGet(() -> new Action.Operand.Placed(
                        computed(tile, rows, filled.get().element(), program)));
        act(new Action.Turn(
                from,
                new Action.Operand.Placed(tile),
                rows,
                tile.lane(),
                filled.get().element()));
    }

    /** A program over the axes of a tile, computed into a tile with vectors along another axis. */
    private PlacedTile computed(PlacedTile like, Axis along, DType element, ScalarExpr program) {
        String name = "staged" + placed.size();
        PlacedTile tile = PlacedTile.of(name, element, like.axes(), along, width(along));
        placed.put(name, tile);
        column(
                along,
                Optional.of(element),
                List.of(new TileStmt.Store(tile.buffer(), tile.axes(), tile.address(), program)));
        return tile;
    }

    private void store(TileStmt.Store s) {
        TileStmt.Store store = new TileStmt.Store(s.buffer(), last(s.axes(), lane), s.address(), inMemory(s.value()));
        Optional<Action.Turn> turn = placed.values().stream()
                .flatMap(t -> new Turning(kernel::sizes).stored(store, t).stream())
                .findFirst();
        turn.ifPresentOrElse(this::act, () -> column(lane, store));
    }

    /** Whether a tile is held in registers, by the loop over lanes that defines and reads it. */
    private boolean isHeld(Tile tile) {
        return kernel.schedule().place(tile) == TilePlace.REGISTER;
    }

    private Optional<Action.Operand> readInPlace(Tile tile, ScalarExpr program) {
        if (kernel.schedule().place(tile) != TilePlace.IN_PLACE) {
            return Optional.empty();
        }
        Map<Axis, Integer> sizes = kernel.sizes(tile.axes());
        return BlockStrides.of(program, sizes)
                .<Action.Operand>map(Action.Operand.InPlace::new)
                .or(() -> BlockStrides.inParts(program, sizes, tile.axes().getFirst())
                        .map(Action.Operand.InPlace::new))
                .or(() -> ScaledBlock.of(
                                program, tile.axes().getFirst(), tile.axes().getLast(), sizes)
                        .map(Action.Operand.Scaled::new));
    }

    private boolean isPlaced(Buffer buffer) {
        return placed.values().stream().anyMatch(t -> t.buffer().equals(buffer));
    }

    private PlacedTile place(Tile tile) {
        return placed.computeIfAbsent(tile.name(), name -> {
            Axis row = tile.axes().contains(lane) && !turned.contains(tile)
                    ? lane
                    : tile.axes().getLast();
            return PlacedTile.of(name, tile.type(), tile.axes(), row, width(row));
        });
    }

    private int width(Axis axis) {
        return kernel.isBlocked(axis)
                ? kernel.block(axis)
                : Math.toIntExact(axis.extent().value());
    }

    private BlockProducts products() {
        return new BlockProducts(kernel, open, inPlace, unset, this::place, lanes);
    }

    /** A store, with what vectors cannot read as it lies brought into a worker's memory before. */
    private void column(Axis axis, TileStmt.Store store) {
        ScalarExpr value = inMemory(store.value());
        Optional<DType> lane = RowActions.elements(store);
        if (lane.isPresent() && new LaneAccess(axis, lane.get()).isContiguous(store.address())) {
            Staging staging = new Staging(
                    new LaneAccess(axis, lane.get()), store.axes(), width(axis), placed.size(), this::isPlaced);
            ScalarExpr staged = staging.stage(value);
            boolean copiesOnly = !staging.tiles().isEmpty()
                    && staged.equals(staging.tiles().getFirst().element());
            if (staging.succeeded() && !copiesOnly) {
                staging.stores().forEach(s -> column(axis, Optional.empty(), List.of(s)));
                staging.tiles().forEach(t -> placed.put(t.buffer().name(), t));
                column(axis, lane, List.of(with(store, staged)));
                return;
            }
        }
        column(axis, Optional.empty(), List.of(with(store, value)));
    }

    private static TileStmt.Store with(TileStmt.Store store, ScalarExpr value) {
        return new TileStmt.Store(store.buffer(), store.axes(), store.address(), value);
    }

    /** Adds statements to the columns that are not written yet, if those have the same lanes. */
    private void column(Axis axis, Optional<DType> lane, List<TileStmt> statements) {
        if (!axis.equals(along) || !lane.equals(element) || isFilledFromOutside() && !leavesMemory(statements)) {
            flush();
        }
        along = axis;
        element = lane;
        columns.addAll(statements);
    }

    private void flush() {
        if (columns.isEmpty()) {
            return;
        }
        Level level = Level.EACH;
        Span span = span(along);
        if (element.isPresent()) {
            int width = width(along);
            int count = Level.Lanes.count(element.get(), lanes);
            boolean padded =
                    open.contains(along) && width % count == 0 && (hasWholeBlocks(along) || !leavesMemory(columns));
            int vectors = kernel.schedule().bound(along, Choice.Level.REGISTER).orElse(1);
            level = new Level.Lanes(element.get(), padded ? Math.min(vectors, width / count) : 1);
            span = padded ? new Span.Padded(width) : span;
        }
        String name = columns.getLast() instanceof TileStmt.Store s
                ? s.buffer().name().replaceFirst("Tile$", "")
                : along.name();
        Action loop = isResult(columns)
                ? ColumnActions.byRows((TileStmt.Store) columns.getFirst(), span, level, this::span)
                : new Action.For(along, span, level, ColumnActions.of(columns, this::span, kernel.schedule()));
        actions.add(new Action.Method(name, Optional.empty(), List.of(loop)));
        columns.clear();
    }

    /** Whether one statement stores rows outside of tiles, neighbours along the lanes. */
    private boolean isResult(List<TileStmt> statements) {
        return statements.size() == 1
                && statements.getFirst() instanceof TileStmt.Store s
                && s.axes().size() == 2
                && !isPlaced(s.buffer())
                && Stride.of(s.address(), along).filter(Stride::isContiguous).isPresent();
    }

    private boolean hasWholeBlocks(Axis axis) {
        return axis.extent().isKnown() && axis.extent().value() % width(axis) == 0;
    }

    private Span span(Axis axis) {
        return open.contains(axis) ? Span.BLOCK : Span.WHOLE;
    }

    /**
     * Whether the columns so far only bring to tiles what is read outside of them. Such a loop has a step for the last lanes; with the exponentials in
     * that step, too, its method is more than HotSpot's first compiler takes, and is left slow.
     */
    private boolean isFilledFromOutside() {
        return element.isPresent()
                && !columns.isEmpty()
                && !hasWholeBlocks(along)
                && columns.stream().allMatch(s -> s instanceof TileStmt.Store store && isPlaced(store.buffer()))
                && leavesMemory(columns);
    }

    /** Whether memory outside the tiles is touched at an index along the lanes, where padding lanes have none. */
    private boolean leavesMemory(List<TileStmt> statements) {
        return statements.stream()
                .anyMatch(stmt -> stmt instanceof TileStmt.AddTo
                        || stmt instanceof TileStmt.Store s && !isPlaced(s.buffer())
                        || ScalarExprs.any(
                                ColumnActions.program(stmt),
                                e -> e instanceof ScalarExpr.Element x
                                        && !isPlaced(x.buffer())
                                        && ScalarExprs.reads(x.address(), along)));
    }

    /** {@code e} with tiles read from memory; what a reduction gave in the same loop is a variable still. */
    private ScalarExpr inMemory(ScalarExpr e) {
        return PlacedTile.inMemory(e, placed);
    }
}
