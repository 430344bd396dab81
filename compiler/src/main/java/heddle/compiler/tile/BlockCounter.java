package heddle.compiler.tile;

import heddle.compiler.index.BlockMask;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts blocks by running the programs of their {@link BlockMask}. It does not loop over axes that the programs do not
 * read, such as heads under a causal mask; it multiplies by their lengths.
 */
final class BlockCounter {
    /**
     * An axis that distinguishes blocks.
     *
     * @param size  indexes in a block, one when the axis is not cut
     * @param first slot of the block's first index
     * @param last  slot of its last
     */
    private record Level(long extent, long size, int first, int last) {}

    private final TileKernel kernel;
    private final Axis looped;
    private final ScalarExpr mask;
    private final BlockMask found;
    private final ScalarEvaluator evaluator;
    private final List<Level> levels = new ArrayList<>();

    /** Blocks that differ in nothing the programs read. */
    private long alike = 1;

    private ScalarEvaluator.Code everywhere;
    private ScalarEvaluator.Code somewhere;
    private long empty;
    private long full;
    private long rest;

    BlockCounter(TileKernel kernel, TileStmt.Loop loop, Map<String, Long> lengths) {
        this.kernel = kernel;
        this.looped = loop.axis();
        this.mask = loop.mask().map(LoopMask::program).orElse(BlockMask.TRUE);
        this.evaluator = new ScalarEvaluator(BlockCounter::noData, lengths);
        Map<Axis, BlockMask.Range> ranges = new HashMap<>();
        axes().stream().filter(this::isCut).forEach(a -> ranges.put(a, new BlockMask.Range(first(a), last(a))));
        this.found = BlockMask.ofIndexes(mask, ranges);
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

    private static ScalarExpr.Variable first(Axis axis) {
        return new ScalarExpr.Variable("first " + axis, DType.I64);
    }

    private static ScalarExpr.Variable last(Axis axis) {
        return new ScalarExpr.Variable("last " + axis, DType.I64);
    }

    BlockCount count() {
        Set<ScalarExpr> read = new HashSet<>();
        ScalarExprs.visit(found.everywhere(), read::add);
        ScalarExprs.visit(found.somewhere(), read::add);
        for (Axis axis : axes()) {
            int size = kernel.block(axis);
            if (!isCut(axis) && read.contains(ScalarExpr.of(axis))) {
                levels.add(new Level(evaluator.extent(axis), 1, evaluator.slot(axis), evaluator.slot(axis)));
            } else if (isCut(axis) && (read.contains(first(axis)) || read.contains(last(axis)))) {
                levels.add(new Level(
                        evaluator.extent(axis), size, evaluator.slot(first(axis)), evaluator.slot(last(axis))));
            } else {
                alike *= Math.ceilDiv(evaluator.extent(axis), size);
            }
        }
        everywhere = evaluator.code(found.everywhere());
        somewhere = evaluator.code(found.somewhere());
        count(0, evaluator.frame());
        boolean data = ScalarExprs.readsMemory(mask);
        return new BlockCount(empty, full, data ? 0 : rest, data ? rest : 0);
    }

    private void count(int depth, double[] frame) {
        if (depth == levels.size()) {
            if (somewhere.run(frame) == 0) {
                empty += alike;
            } else if (everywhere.run(frame) != 0) {
                full += alike;
            } else {
                rest += alike;
            }
            return;
        }
        Level level = levels.get(depth);
        for (long from = 0; from < level.extent; from += level.size) {
            frame[level.first] = from;
            frame[level.last] = Math.min(from + level.size, level.extent) - 1;
            count(depth + 1, frame);
        }
    }
}
