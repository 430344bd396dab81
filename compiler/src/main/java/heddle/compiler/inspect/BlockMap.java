package heddle.compiler.inspect;

import heddle.compiler.index.BlockMask;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.BlockCount;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The blocks of one head of an attention: rows are blocks of queries, columns blocks of keys. Of more than {@link #MOST} along an
 * axis, neighbours share a cell.
 *
 * @param rows      blocks of queries
 * @param columns   blocks of keys
 * @param pool      blocks in a cell, along each axis
 * @param cells     rows of cells: each has the blocks of each {@link BlockCount.Kind}, in its order, and how many scores of it the
 *     mask keeps; -1 where they are not counted
 */
public record BlockMap(long rows, long columns, long pool, long[][][] cells) {
    /** The most cells along an axis. */
    public static final int MOST = 256;

    /** The most scores of partial blocks that are looked at. */
    private static final long MOST_SCORES = 1L << 23;

    private static final int KINDS = BlockCount.Kind.values().length;

    /**
     * The map of a kernel; empty when it has no loop over keys.
     *
     * @param queries their axis
     * @param lengths of all symbols
     */
    public static Optional<BlockMap> of(TileKernel kernel, Axis queries, Map<String, Long> lengths) {
        List<long[]> boxes = new ArrayList<>();
        Optional<long[]> size = BlockCount.boxes(
                kernel,
                queries,
                lengths,
                (fromRow, toRow, fromColumn, toColumn, kind) ->
                        boxes.add(new long[] {fromRow, toRow, fromColumn, toColumn, kind.ordinal()}));
        return size.filter(s -> s[0] > 0 && s[1] > 0).map(s -> {
            BlockMap map = of(s[0], s[1], boxes);
            map.countKept(kernel, queries, lengths);
            return map;
        });
    }

    private static BlockMap of(long rows, long columns, List<long[]> boxes) {
        long pool = Math.max(1, Math.ceilDiv(Math.max(rows, columns), MOST));
        long[][][] cells = new long[(int) Math.ceilDiv(rows, pool)][(int) Math.ceilDiv(columns, pool)][KINDS + 1];
        for (long[] box : boxes) {
            for (long r = box[0] / pool; r * pool < box[1]; r++) {
                long high = overlap(r, pool, box[0], box[1]);
                for (long c = box[2] / pool; c * pool < box[3]; c++) {
                    cells[(int) r][(int) c][(int) box[4]] += high * overlap(c, pool, box[2], box[3]);
                }
            }
        }
        return new BlockMap(rows, columns, pool, cells);
    }

    private void countKept(TileKernel kernel, Axis queries, Map<String, Long> lengths) {
        TileStmt.Loop loop = kernel.body().stream()
                .filter(TileStmt.Loop.class::isInstance)
                .map(TileStmt.Loop.class::cast)
                .findFirst()
                .orElseThrow();
        ScalarExpr mask = loop.mask().map(LoopMask::program).orElse(BlockMask.TRUE);
        long high = kernel.block(queries);
        long wide = kernel.block(loop.axis());
        boolean counted = pool == 1
                && !ScalarExprs.readsMemory(mask)
                && count(BlockCount.Kind.PARTIAL) * high * wide <= MOST_SCORES;
        Kept kept = new Kept(mask, queries, loop.axis(), lengths);
        for (int r = 0; r < cells.length; r++) {
            for (int c = 0; c < cells[r].length; c++) {
                boolean partial = cells[r][c][BlockCount.Kind.PARTIAL.ordinal()] > 0;
                cells[r][c][KINDS] =
                        partial && counted ? kept.in(r * high, (r + 1) * high, c * wide, (c + 1) * wide) : -1;
            }
        }
    }

    /** Counts scores that a mask keeps, one by one. */
    private static final class Kept {
        private final ScalarEvaluator evaluator;
        private final ScalarExpr mask;
        private final Axis queries;
        private final Axis keys;

        Kept(ScalarExpr mask, Axis queries, Axis keys, Map<String, Long> lengths) {
            this.mask = mask;
            this.queries = queries;
            this.keys = keys;
            this.evaluator = new ScalarEvaluator(
                    buffer -> {
                        throw new IllegalStateException("scores are counted without reading " + buffer);
                    },
                    lengths);
        }

        long in(long fromRow, long toRow, long fromColumn, long toColumn) {
            int row = evaluator.slot(queries);
            int column = evaluator.slot(keys);
            ScalarEvaluator.Code code = evaluator.code(mask);
            double[] frame = evaluator.frame();
            long kept = 0;
            for (long i = fromRow; i < Math.min(toRow, evaluator.extent(queries)); i++) {
                frame[row] = i;
                for (long j = fromColumn; j < Math.min(toColumn, evaluator.extent(keys)); j++) {
                    frame[column] = j;
                    kept += code.run(frame) != 0 ? 1 : 0;
                }
            }
            return kept;
        }
    }

    private static long overlap(long cell, long pool, long from, long to) {
        return Math.min(to, (cell + 1) * pool) - Math.max(from, cell * pool);
    }

    /** All blocks of a kind. */
    public long count(BlockCount.Kind kind) {
        return Arrays.stream(cells)
                .flatMap(Arrays::stream)
                .mapToLong(cell -> cell[kind.ordinal()])
                .sum();
    }

    /** Runs of equal cells, row by row: {@code row, from, to}, then what a cell has. */
    public List<long[]> runs() {
        List<long[]> runs = new ArrayList<>();
        for (int r = 0; r < cells.length; r++) {
            int from = 0;
            for (int c = 1; c <= cells[r].length; c++) {
                if (c == cells[r].length || !Arrays.equals(cells[r][c], cells[r][from])) {
                    long[] run = new long[3 + cells[r][from].length];
                    run[0] = r;
                    run[1] = from;
                    run[2] = c;
                    System.arraycopy(cells[r][from], 0, run, 3, cells[r][from].length);
                    runs.add(run);
                    from = c;
                }
            }
        }
        return runs;
    }
}
