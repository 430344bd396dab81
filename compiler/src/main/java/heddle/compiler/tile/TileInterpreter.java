package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Executes a tile program at any block sizes: what the program means.
 *
 * <ul>
 *   <li>A tile holds just its block. Nothing past an edge exists.
 *   <li>A mask is evaluated at every index of a block. Where it is nowhere true, the block may be skipped; where it is everywhere
 *       true, masked statements may be left out.
 *   <li>A partial loop may run in parts. Each starts from the neutral values, and the merge adds the parts in order to what was
 *       there before the loop.
 *   <li>A product in which zeros annihilate leaves out each term whose factor is zero.
 *   <li>Parallel blocks run in any order. Where a program adds to a buffer they run in theirs.
 * </ul>
 */
public final class TileInterpreter {
    /** A statement ready to run. */
    private interface Action {
        void run();
    }

    private final Map<String, Long> lengths;
    private final ScalarEvaluator evaluator;
    private final Function<Buffer, double[]> memory;
    private final Rounding rounding;
    private final BlockChoice choice;
    private final Map<String, HeldTile> tiles = new HashMap<>();
    private final Map<Axis, IndexRange> open = new LinkedHashMap<>();
    private final Map<LoopId, Boolean> isPartial = new HashMap<>();
    private final Map<Buffer, BitSet> stored = new HashMap<>();
    private final List<TileStmt.Loop> enclosing = new ArrayList<>();
    private Cuttable cuttable;
    private boolean inOrder;
    private double[] frame;

    /**
     * @param memory  the elements of every buffer that is read or written, row-major; those of written buffers are zero
     * @param lengths the bound symbols
     * @param choice  of blocks and parts
     */
    public TileInterpreter(
            Function<Buffer, double[]> memory, Map<String, Long> lengths, Rounding rounding, BlockChoice choice) {
        this.lengths = lengths;
        this.evaluator = new ScalarEvaluator(memory, lengths, rounding);
        this.memory = memory;
        this.rounding = rounding;
        this.choice = choice;
    }

    /**
     * Runs a program. Afterwards its results are in memory.
     *
     * @param program well formed
     * @throws IllegalStateException when it stores an element twice, or reads a tile beyond its block
     */
    public void run(TileProgram program) {
        if (program.isIdle(lengths)) {
            return;
        }
        cuttable = new Cuttable(program);
        ProgramParts.tiles(program.body(), this::hold);
        ProgramParts.statements(program.body(), s -> inOrder |= s instanceof TileStmt.AddTo);
        ProgramParts.axes(program.body(), evaluator::slot);
        Action all = body(program.body());
        frame = evaluator.frame();
        all.run();
    }

    private void hold(Tile tile) {
        int[] slots = tile.axes().stream().mapToInt(evaluator::slot).toArray();
        tiles.put(tile.name(), new HeldTile(tile, slots));
        evaluator.slot(tile.value());
    }

    private Action body(List<TileStmt> body) {
        List<Action> actions = new ArrayList<>();
        body.forEach(s -> actions.add(action(s)));
        return () -> actions.forEach(Action::run);
    }

    private Action action(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Define d -> define(d);
            case TileStmt.Update u -> {
                HeldTile tile = tiles.get(u.tile().name());
                Code value = code(u.value().program());
                yield () -> each(u.tile().axes(), 0, () -> tile.set(frame, value.run(frame)));
            }
            case TileStmt.Accumulate a -> {
                HeldTile tile = tiles.get(a.tile().name());
                Code sum = product(a.value(), a.tile().type());
                DType type = a.tile().type();
                yield () -> each(a.tile().axes(), 0, () -> tile.set(frame, add(type, tile.get(frame), sum.run(frame))));
            }
            case TileStmt.Store s -> store(s);
            case TileStmt.AddTo a -> {
                Code address = code(a.address());
                Code value = code(a.value());
                double[] data = memory.apply(a.buffer());
                DType type = a.buffer().type().dtype();
                yield () -> each(a.axes(), 0, () -> {
                    int at = (int) address.run(frame);
                    data[at] = a.kind() == Reduction.SUM
                            ? add(type, data[at], value.run(frame))
                            : ScalarMath.apply(ScalarMath.combine(a.kind()), type, data[at], value.run(frame), 0);
                });
            }
            case TileStmt.Masked m -> {
                Action inner = body(m.body());
                yield () -> {
                    if (isPartial.get(m.loop())) {
                        inner.run();
                    }
                };
            }
            case TileStmt.Loop l -> loop(l);
        };
    }

    private Action define(TileStmt.Define d) {
        HeldTile tile = tiles.get(d.tile().name());
        Code value = switch (d.value()) {
            case TileExpr.Map m -> code(m.program());
            case TileExpr.Dot dot -> product(dot, d.tile().type());
            case TileExpr.Reduce r -> reduction(r);
        };
        return () -> {
            Map<Axis, IndexRange> ranges = new HashMap<>();
            d.tile().axes().forEach(a -> ranges.put(a, range(a)));
            tile.allocate(ranges);
            each(d.tile().axes(), 0, () -> tile.set(frame, value.run(frame)));
        };
    }

    private Code product(TileExpr.Dot dot, DType type) {
        HeldTile a = tiles.get(dot.a().name());
        HeldTile b = tiles.get(dot.b().name());
        return f -> {
            double[] sum = {0};
            each(List.of(dot.over()), 0, () -> {
                double term = dot.zeros().multiply(a.get(f), b.get(f));
                sum[0] = add(type, sum[0], rounding.of(type, term));
            });
            return sum[0];
        };
    }

    private double add(DType type, double sum, double term) {
        return type.isInt() ? ScalarMath.apply(ScalarFn.ADD, type, sum, term, 0) : rounding.of(type, sum + term);
    }

    private Code reduction(TileExpr.Reduce r) {
        Code value = code(r.program());
        DType type = r.program().type();
        ScalarFn combine = ScalarMath.combine(r.kind());
        return f -> {
            double[] result = {ScalarMath.neutral(r.kind(), type)};
            boolean ignoresNaN = r.ignoresNaN() && choice.ignoresNaN();
            each(List.of(r.over()), 0, () -> {
                double x = value.run(f);
                if (!ignoresNaN || !Double.isNaN(x)) {
                    result[0] = rounding.of(type, ScalarMath.apply(combine, type, result[0], x, 0));
                }
            });
            return result[0];
        };
    }

    private Action store(TileStmt.Store s) {
        Code address = code(s.address());
        Code value = code(s.value());
        double[] data = memory.apply(s.buffer());
        DType type = s.buffer().type().dtype();
        BitSet before = stored.computeIfAbsent(s.buffer(), b -> new BitSet());
        List<TileStmt.Loop> repeating = enclosing.stream()
                .filter(l -> !s.axes().contains(l.axis()) && !ScalarExprs.reads(s.address(), l.axis()))
                .toList();
        List<Code> starts = repeating.stream().map(l -> code(l.bounds().from())).toList();
        return () -> {
            for (int n = 0; n < starts.size(); n++) {
                if (open.get(repeating.get(n).axis()).from()
                        != (long) starts.get(n).run(frame)) {
                    return;
                }
            }
            each(s.axes(), 0, () -> {
                int at = (int) address.run(frame);
                if (before.get(at)) {
                    throw new IllegalStateException("element " + at + " of " + s.buffer() + " is stored twice");
                }
                before.set(at);
                double x = value.run(frame);
                data[at] = rounding == Rounding.TYPED && type.isFloat() ? type.nearest(x) : x;
            });
        };
    }

    private Action loop(TileStmt.Loop loop) {
        Code from = code(loop.bounds().from());
        Code to = code(loop.bounds().to());
        int slot = evaluator.slot(loop.axis());
        boolean cut = cuttable.isCuttable(loop);
        enclosing.add(loop);
        // What a fill hides is computed as it is written: whether it may be left out shows at the end.
        Optional<Classes> classes = loop.mask().filter(m -> m.fill().isEmpty()).map(m -> new Classes(m.program()));
        Action inner = body(loop.body());
        enclosing.removeLast();
        Optional<LoopMode.Partial> partial =
                loop.mode() instanceof LoopMode.Partial p ? Optional.of(p) : Optional.empty();
        Action merge = partial.map(p -> body(p.merge())).orElse(() -> {});
        return () -> {
            List<IndexRange> blocks = blocks(loop, (long) from.run(frame), (long) to.run(frame), cut);
            if (loop.mode() instanceof LoopMode.Parallel && !inOrder) {
                choice.order(blocks);
            }
            int parts = partial.isPresent() ? choice.parts(loop, blocks.size()) : 1;
            if (parts == 1) {
                blocks.forEach(b -> block(loop, b, slot, classes, inner));
                open.remove(loop.axis());
                return;
            }
            for (int part = 0; part < parts; part++) {
                List<IndexRange> own = blocks.subList(part * blocks.size() / parts, (part + 1) * blocks.size() / parts);
                apart(
                        partial.get(),
                        () -> {
                            own.forEach(b -> block(loop, b, slot, classes, inner));
                            open.remove(loop.axis());
                        },
                        merge);
            }
        };
    }

    private List<IndexRange> blocks(TileStmt.Loop loop, long from, long to, boolean cut) {
        List<IndexRange> blocks = new ArrayList<>();
        int size = cut ? choice.block(loop, to - from) : 1;
        for (long at = from; at < to; at += size) {
            blocks.add(new IndexRange(at, Math.min(at + size, to)));
        }
        return blocks;
    }

    private void block(TileStmt.Loop loop, IndexRange block, int slot, Optional<Classes> classes, Action inner) {
        open.put(loop.axis(), block);
        frame[slot] = block.from();
        if (classes.isPresent()) {
            Set<Boolean> truths = classes.get().of();
            if (!truths.contains(true) && choice.skipsEmptyBlocks()) {
                return;
            }
            isPartial.put(loop.id(), truths.contains(false) || !choice.leavesOutMasks());
        } else {
            isPartial.put(loop.id(), true);
        }
        inner.run();
    }

    /** Runs one part from neutral values, and adds its result to what the carried tiles held before. */
    private void apart(LoopMode.Partial partial, Action part, Action merge) {
        Map<HeldTile, double[]> before = new LinkedHashMap<>();
        for (LoopMode.Carried c : partial.carried()) {
            HeldTile tile = tiles.get(c.tile().name());
            before.put(tile, tile.elements());
            tile.fill(evaluator.code(c.neutral()).run(frame));
        }
        part.run();
        for (LoopMode.Carried c : partial.carried()) {
            HeldTile tile = tiles.get(c.tile().name());
            tiles.get(c.part().name()).copy(tile);
            tile.restore(before.get(tile));
        }
        merge.run();
    }

    /** The truth values that a mask has in the current block. */
    private final class Classes {
        private final Code mask;
        private final List<Axis> axes;

        Classes(ScalarExpr program) {
            mask = code(program);
            axes = enclosing.stream()
                    .map(TileStmt.Loop::axis)
                    .filter(a -> ScalarExprs.reads(program, a))
                    .toList();
        }

        Set<Boolean> of() {
            Set<Boolean> truths = new HashSet<>();
            each(axes, 0, () -> truths.add(mask.run(frame) != 0));
            return truths;
        }
    }

    /** A program whose variables are the elements of tiles at the current indexes. */
    private Code code(ScalarExpr program) {
        Map<Integer, HeldTile> read = new LinkedHashMap<>();
        ScalarExprs.visit(program, e -> {
            if (e instanceof ScalarExpr.Variable v) {
                read.put(evaluator.slot(v), tiles.get(v.name()));
            }
        });
        Code code = evaluator.code(program);
        if (read.isEmpty()) {
            return code;
        }
        return f -> {
            read.forEach((slot, tile) -> f[slot] = tile.get(f));
            return code.run(f);
        };
    }

    private IndexRange range(Axis axis) {
        IndexRange block = open.get(axis);
        return block != null ? block : new IndexRange(0, evaluator.extent(axis));
    }

    /** Runs {@code action} at every index of the axes, outermost first. Afterwards the indexes are what they were. */
    private void each(List<Axis> axes, int depth, Action action) {
        if (depth == axes.size()) {
            action.run();
            return;
        }
        int slot = evaluator.slot(axes.get(depth));
        double before = frame[slot];
        IndexRange range = range(axes.get(depth));
        for (long at = range.from(); at < range.to(); at++) {
            frame[slot] = at;
            each(axes, depth + 1, action);
        }
        frame[slot] = before;
    }
}
