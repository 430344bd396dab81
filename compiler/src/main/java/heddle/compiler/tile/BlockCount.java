package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import java.util.Map;
import java.util.Optional;

/**
 * Counts of the blocks of queries and keys that a kernel meets, by what it does with each. Where indices alone do not
 * decide, the block depends on data that the mask reads, and is decided when the kernel runs. So are blocks that are too
 * many to be told apart in advance.
 *
 * @param empty   skipped: the mask is true nowhere
 * @param full    computed without mask code: the mask is true everywhere, or there is none
 * @param partial computed with mask code
 * @param open    known at run time
 */
public record BlockCount(long empty, long full, long partial, long open) {
    /**
     * The blocks of a kernel that loops over blocks under a mask, or of a kernel that loops over all of them.
     *
     * @param lengths the bound symbols
     * @return empty when the kernel has no loop
     */
    public static Optional<BlockCount> of(TileKernel kernel, Map<String, Long> lengths) {
        return kernel.body().stream()
                .filter(s -> s instanceof TileStmt.Loop)
                .findFirst()
                .map(loop -> of(kernel, (TileStmt.Loop) loop, lengths));
    }

    /** The blocks of one loop of a kernel. */
    static BlockCount of(TileKernel kernel, TileStmt.Loop loop, Map<String, Long> lengths) {
        return new BlockCounter(kernel, loop, lengths).count();
    }

    /** Is told of boxes of blocks, each decided as a whole. */
    public interface Boxes {
        /**
         * A box of blocks of queries and keys, by their numbers; the ends are after the last.
         *
         * @param kind what is done with all of them
         */
        void box(long fromRow, long toRow, long fromColumn, long toColumn, Kind kind);
    }

    /** What a kernel does with a block. */
    public enum Kind {
        EMPTY,
        FULL,
        PARTIAL,
        /** Known at run time. */
        OPEN
    }

    /**
     * Goes through all blocks of the first of everything but the rows and the axis of the kernel's loop: of one head of one batch.
     *
     * @param rows the axis of the queries
     * @return the blocks along both axes; empty when the kernel has no loop
     */
    public static Optional<long[]> boxes(TileKernel kernel, Axis rows, Map<String, Long> lengths, Boxes boxes) {
        return kernel.body().stream()
                .filter(s -> s instanceof TileStmt.Loop)
                .findFirst()
                .map(loop -> new BlockCounter(kernel, (TileStmt.Loop) loop, lengths).boxes(rows, boxes));
    }

    /** All blocks, as a kernel without a mask computes them. */
    public long total() {
        return empty + full + partial + open;
    }

    /** The blocks that are computed, at the most. */
    public long visited() {
        return total() - empty;
    }

    /** Whether indices alone decide every block. */
    public boolean isKnown() {
        return open == 0;
    }

    /** {@code visits 2112 of 4096 blocks: 1984 full, 128 partial}. */
    @Override
    public String toString() {
        String unknown = isKnown() ? "" : (full + partial > 0 ? ", " : "") + open + " known at run time";
        String known = full + partial > 0 || isKnown() ? full + " full, " + partial + " partial" : "";
        return "visits " + (isKnown() ? "" : "at most ") + visited() + " of " + total() + " blocks: " + known + unknown;
    }
}
