package heddle.compiler.tile;

import heddle.compiler.index.BlockMask;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Counts blocks with the programs of their {@link BlockMask}. A box of blocks that the programs decide as a whole is counted
 * at once, and any other is halved, so that what is visited grows with the border of a mask and not with its area. It does
 * not loop over axes that the programs do not read, such as heads under a causal mask; it multiplies by their lengths.
 */
final class BlockCounter {
    /** The most boxes that are looked at in one pass: about a second's work, and lengths of ten million under causal masks. */
    private static final long MOST_BOXES = 1L << 22;

    /** How much longer the boxes of the next pass are, which are left undecided. */
    private static final long COARSER = 32;

    /**
     * An axis that distinguishes blocks.
     *
     * @param size  indexes in a block, one when the axis is not cut
     * @param index slot of the axis' index, when it is not cut
     * @param first slot of the first index
     * @param last  slot of the last
     */
    private record Level(Axis axis, long extent, long size, int index, int first, int last) {}

    private final TileKernel kernel;
    private final Axis looped;
    private final ScalarExpr mask;
    private final ScalarEvaluator evaluator;
    private final List<Level> levels = new ArrayList<>();
    private final Decision block;
    private final Decision box;
    private final double[] frame;

    /** The first block of the present box along each level, and the one after its last. */
    private final long[] from;

    private final long[] to;

    /** Blocks that differ in nothing the programs read. */
    private long alike = 1;

    private long empty;
    private long full;
    private long rest;

    /** Blocks of boxes that there are too many of to look into. */
    private long undecided;

    private long looked;

    /** Is told of each box that is decided. */
    private Consumer<BlockCount.Kind> told = kind -> {};

    BlockCounter(TileKernel kernel, TileStmt.Loop loop, Map<String, Long> lengths) {
        this.kernel = kernel;
        this.looped = loop.axis();
        this.mask = loop.mask().map(LoopMask::program).orElse(BlockMask.TRUE);
        this.evaluator = new ScalarEvaluator(BlockCounter::noData, lengths);
        // In a block, an axis that is not cut has one index, of which more is known than of a range.
        BlockMask ofBlock = BlockMask.ofIndexes(mask, ranges(axes().stream().filter(this::isCut)));
        BlockMask ofBox = BlockMask.ofIndexes(mask, ranges(axes().stream()));
        findLevels(ofBlock, ofBox);
        this.block = new Decision(ofBlock);
        this.box = new Decision(ofBox);
        this.frame = evaluator.frame();
        this.from = new long[levels.size()];
        this.to = levels.stream().mapToLong(l -> Math.ceilDiv(l.extent, l.size)).toArray();
    }

    /** The translated programs of a mask. */
    private final class Decision {
        private final ScalarEvaluator.Code everywhere;
        private final ScalarEvaluator.Code somewhere;

        Decision(BlockMask of) {
            everywhere = evaluator.code(of.everywhere());
            somewhere = evaluator.code(of.somewhere());
        }
    }

    private static double[] noData(Buffer buffer) {
        throw new IllegalStateException("blocks are counted without reading " + buffer);
    }

    private List<Axis> axes() {
        List<Axis> axes = new ArrayList<>(kernel.parallel());
        axes.add(looped);
        return axes;
    }

    private boolean isCut(Axis axis) {
        return kernel.block(axis) > 1 || axis.equals(looped);
    }

    private static Map<Axis, BlockMask.Range> ranges(Stream<Axis> axes) {
        Map<Axis, BlockMask.Range> ranges = new HashMap<>();
        axes.forEach(a -> ranges.put(a, new BlockMask.Range(first(a), last(a))));
        return ranges;
    }

    private static ScalarExpr.Variable first(Axis axis) {
        return new ScalarExpr.Variable("first " + axis, DType.I64);
    }

    private static ScalarExpr.Variable last(Axis axis) {
        return new ScalarExpr.Variable("last " + axis, DType.I64);
    }

    private void findLevels(BlockMask... masks) {
        Set<ScalarExpr> read = new HashSet<>();
        for (BlockMask of : masks) {
            ScalarExprs.visit(of.everywhere(), read::add);
            ScalarExprs.visit(of.somewhere(), read::add);
        }
        for (Axis axis : axes()) {
            long extent = evaluator.extent(axis);
            int size = isCut(axis) ? kernel.block(axis) : 1;
            if (Stream.of(ScalarExpr.of(axis), first(axis), last(axis)).anyMatch(read::contains)) {
                levels.add(new Level(
                        axis,
                        extent,
                        size,
                        evaluator.slot(axis),
                        evaluator.slot(first(axis)),
                        evaluator.slot(last(axis))));
            } else {
                alike *= Math.ceilDiv(extent, size);
            }
        }
    }

    /** Tells of all blocks of one head. @return the blocks along both axes */
    long[] boxes(Axis rows, BlockCount.Boxes each) {
        long[] size = {blocks(rows), blocks(looped)};
        boolean any = size[0] > 0 && size[1] > 0;
        for (int d = 0; d < to.length; d++) {
            boolean drawn =
                    levels.get(d).axis.equals(rows) || levels.get(d).axis.equals(looped);
            to[d] = drawn ? to[d] : Math.min(to[d], 1);
            any &= to[d] > 0;
        }
        if (!any) {
            return size;
        }
        long coarseness = coarseness();
        boolean data = ScalarExprs.readsMemory(mask);
        told = kind -> {
            long[] row = range(rows, size[0]);
            long[] column = range(looped, size[1]);
            boolean open = data && kind == BlockCount.Kind.PARTIAL;
            each.box(row[0], row[1], column[0], column[1], open ? BlockCount.Kind.OPEN : kind);
        };
        isCounted(coarseness);
        return size;
    }

    private long blocks(Axis axis) {
        return Math.ceilDiv(evaluator.extent(axis), isCut(axis) ? kernel.block(axis) : 1);
    }

    /** The blocks of the present box along an axis; all of one that the programs do not read. */
    private long[] range(Axis axis, long all) {
        for (int d = 0; d < from.length; d++) {
            if (levels.get(d).axis.equals(axis)) {
                return new long[] {from[d], to[d]};
            }
        }
        return new long[] {0, all};
    }

    BlockCount count() {
        boolean any = alike > 0 && Arrays.stream(to).allMatch(n -> n > 0);
        if (any) {
            coarseness();
        }
        boolean data = ScalarExprs.readsMemory(mask);
        return new BlockCount(empty, full, data ? 0 : rest, undecided + (data ? rest : 0));
    }

    /** Counts all blocks. @return how long the boxes are that are left undecided */
    private long coarseness() {
        long coarseness = 1;
        while (!isCounted(coarseness)) {
            coarseness *= COARSER;
        }
        return coarseness;
    }

    /** Counts all blocks, and leaves boxes that are no longer than {@code coarseness} undecided. @return false when it gave up */
    private boolean isCounted(long coarseness) {
        empty = full = rest = undecided = 0;
        looked = 0;
        countBox(coarseness);
        return looked <= MOST_BOXES;
    }

    private void countBox(long coarseness) {
        long blocks = 1;
        int longest = 0;
        for (int d = 0; d < from.length; d++) {
            Level level = levels.get(d);
            frame[level.index] = from[d];
            frame[level.first] = from[d] * level.size;
            frame[level.last] = Math.min(to[d] * level.size, level.extent) - 1;
            blocks *= to[d] - from[d];
            longest = to[d] - from[d] > to[longest] - from[longest] ? d : longest;
        }
        Decision decision = blocks == 1 ? block : box;
        if (decision.somewhere.run(frame) == 0) {
            empty += blocks * alike;
            told.accept(BlockCount.Kind.EMPTY);
        } else if (decision.everywhere.run(frame) != 0) {
            full += blocks * alike;
            told.accept(BlockCount.Kind.FULL);
        } else if (blocks == 1) {
            rest += alike;
            told.accept(BlockCount.Kind.PARTIAL);
        } else if (coarseness > 1 && to[longest] - from[longest] <= coarseness) {
            undecided += blocks * alike;
            told.accept(BlockCount.Kind.OPEN);
        } else {
            countHalves(longest, coarseness);
        }
    }

    private void countHalves(int level, long coarseness) {
        long first = from[level];
        long last = to[level];
        long middle = (first + last) >>> 1;
        looked += 2;
        if (looked <= MOST_BOXES) {
            to[level] = middle;
            countBox(coarseness);
            to[level] = last;
            from[level] = middle;
            countBox(coarseness);
            from[level] = first;
        }
    }
}
