package heddle.compiler.backend.jvm;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Turns the statements of a tile program into {@link Step}s. Lanes run along the first blocked axis: the columns of a
 * matmul, or the queries of attention. So the scores of attention are computed transposed, and reduced without crossing
 * lanes. Every tile with that axis has it innermost in memory.
 */
final class TileLowering {
    private final TileKernel kernel;
    private final JvmTarget target;
    private final Axis lane;
    private final SequencedMap<String, LocalTile> scratch = new LinkedHashMap<>();
    private final Map<String, Step.Operand> inPlace = new HashMap<>();

    TileLowering(TileKernel kernel, JvmTarget target) {
        this.kernel = kernel;
        this.target = target;
        this.lane = kernel.parallel().stream()
                .filter(a -> kernel.schedule().block(a) > 1)
                .findFirst()
                .orElseThrow();
    }

    /** The tiles that need memory, known once all statements are lowered. */
    List<LocalTile> scratch() {
        return List.copyOf(scratch.values());
    }

    List<Step> lower(List<TileStmt> body) {
        List<Step> steps = new ArrayList<>();
        body.forEach(stmt -> lower(stmt, steps));
        return steps;
    }

    private void lower(TileStmt stmt, List<Step> steps) {
        switch (stmt) {
            case TileStmt.Define d -> define(d.tile(), d.value(), steps);
            case TileStmt.Update u -> define(u.tile(), u.value(), steps);
            case TileStmt.Accumulate a -> steps.add(product(a.tile(), a.value()));
            case TileStmt.Loop l -> steps.add(new Step.Blocks(l.axis(), l.mask(), lower(l.body())));
            case TileStmt.Masked m -> steps.add(new Step.Partial(lower(m.body())));
            case TileStmt.AddTo a -> throw new IllegalStateException("no kernel of this target adds to " + a.buffer());
            case TileStmt.Store s -> {
                List<Axis> axes = new ArrayList<>(s.axes());
                axes.remove(lane);
                axes.add(lane);
                columns(lane, new TileStmt.Store(s.buffer(), axes, s.address(), s.value()), steps);
            }
        }
    }

    private void define(Tile tile, TileExpr value, List<Step> steps) {
        switch (value) {
            case TileExpr.Map m -> {
                Optional<Step.Operand> block = readInPlace(tile, m.program());
                if (block.isPresent()) {
                    inPlace.put(tile.name(), block.get());
                } else if (isZero(m.program())) {
                    steps.add(new Step.Clear(local(tile)));
                } else {
                    LocalTile t = local(tile);
                    columns(t.lane(), new TileStmt.Store(t.buffer(), t.axes(), t.address(), m.program()), steps);
                }
            }
            case TileExpr.Reduce r -> {
                LocalTile t = local(tile);
                TileStmt reduce = new TileStmt.Define(
                        tile, new TileExpr.Reduce(r.kind(), onScratch(r.program()), r.over(), r.ignoresNaN()));
                TileStmt keep = new TileStmt.Store(t.buffer(), t.axes(), t.address(), tile.value());
                append(new Step.Columns(lane, List.of(reduce, keep), Lanes.of(tile.type(), target)), steps);
            }
            case TileExpr.Dot dot -> {
                steps.add(new Step.Clear(local(tile)));
                steps.add(product(tile, dot));
            }
        }
    }

    private Optional<Step.Operand> readInPlace(Tile tile, ScalarExpr program) {
        if (kernel.schedule().place(tile) != TilePlace.IN_PLACE) {
            return Optional.empty();
        }
        Map<Axis, Integer> sizes = kernel.schedule().sizes(tile.axes().toArray(Axis[]::new));
        return BlockStrides.of(program, sizes)
                .<Step.Operand>map(Step.Operand.InPlace::new)
                .or(() -> ScaledBlock.of(
                                program, tile.axes().getFirst(), tile.axes().getLast(), sizes)
                        .map(Step.Operand.Scaled::new));
    }

    private boolean isScratch(Buffer buffer) {
        return scratch.values().stream().anyMatch(t -> t.buffer().equals(buffer));
    }

    private static boolean isZero(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && l.value() == 0
                || e instanceof ScalarExpr.IntLiteral i && i.value() == 0;
    }

    private LocalTile local(Tile tile) {
        return scratch.computeIfAbsent(tile.name(), name -> {
            Axis along = tile.axes().contains(lane) ? lane : tile.axes().getLast();
            return LocalTile.of(name, tile.type(), tile.axes(), along, width(along));
        });
    }

    private int width(Axis axis) {
        return kernel.schedule().block(axis) > 1
                ? kernel.schedule().block(axis)
                : Math.toIntExact(axis.extent().value());
    }

    private Step product(Tile tile, TileExpr.Dot dot) {
        Tile vectors = dot.a().axes().contains(lane) ? dot.a() : dot.b();
        Tile spread = vectors == dot.a() ? dot.b() : dot.a();
        Annihilating zeros = spread == dot.a() ? dot.zeros() : dot.zeros().exchanged();
        return new Step.Product(local(tile), operand(spread), operand(vectors), dot.over(), zeros);
    }

    private Step.Operand operand(Tile tile) {
        Step.Operand block = inPlace.get(tile.name());
        return block != null ? block : new Step.Operand.Scratch(local(tile));
    }

    /** A store, with what vectors cannot read as it lies brought into scratch memory before. */
    private void columns(Axis along, TileStmt.Store store, List<Step> steps) {
        ScalarExpr value = onScratch(store.value());
        Optional<Lanes> lanes = Lanes.of(store, target);
        if (lanes.isPresent() && new LaneAccess(along, lanes.get()).isContiguous(store.address())) {
            Staging staging = new Staging(
                    new LaneAccess(along, lanes.get()), store.axes(), width(along), scratch.size(), this::isScratch);
            ScalarExpr staged = staging.stage(value);
            boolean copiesOnly = !staging.tiles().isEmpty()
                    && staged.equals(staging.tiles().getFirst().element());
            if (staging.succeeded() && !copiesOnly) {
                staging.stores().forEach(s -> append(new Step.Columns(along, List.of(s), Optional.empty()), steps));
                staging.tiles().forEach(t -> scratch.put(t.buffer().name(), t));
                append(columns(along, store, staged, lanes), steps);
                return;
            }
        }
        append(columns(along, store, value, Optional.empty()), steps);
    }

    private static Step.Columns columns(Axis along, TileStmt.Store store, ScalarExpr value, Optional<Lanes> lanes) {
        return new Step.Columns(
                along, List.of(new TileStmt.Store(store.buffer(), store.axes(), store.address(), value)), lanes);
    }

    /** Columns that follow each other are one loop. */
    private static void append(Step.Columns next, List<Step> steps) {
        if (!steps.isEmpty()
                && steps.getLast() instanceof Step.Columns last
                && last.lane().equals(next.lane())
                && last.lanes().equals(next.lanes())) {
            List<TileStmt> both = new ArrayList<>(last.body());
            both.addAll(next.body());
            steps.set(steps.size() - 1, new Step.Columns(last.lane(), both, last.lanes()));
        } else {
            steps.add(next);
        }
    }

    /** {@code e} with tiles read from scratch memory; what a reduction gave in the same loop is a variable still. */
    private ScalarExpr onScratch(ScalarExpr e) {
        return ScalarExprs.transform(
                e,
                x -> x instanceof ScalarExpr.Variable v && scratch.containsKey(v.name())
                        ? scratch.get(v.name()).element()
                        : x);
    }
}
