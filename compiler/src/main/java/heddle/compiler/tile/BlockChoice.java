package heddle.compiler.tile;

import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How an interpreter cuts loops. Every choice gives the same results, up to the order of sums: that is what tests check.
 */
public interface BlockChoice {
    /** The block size of a loop over {@code length} indexes, at least one. */
    int block(TileStmt.Loop loop, long length);

    /** Into how many parts a partial loop of {@code blocks} blocks is split, from one to {@code blocks}. */
    int parts(TileStmt.Loop loop, int blocks);

    /** Brings the blocks of a parallel loop into the order in which they run. */
    void order(List<?> blocks);

    /** Whether blocks that a mask empties are left out. */
    boolean skipsEmptyBlocks();

    /** Whether masked statements are left out where a mask is true everywhere. */
    boolean leavesOutMasks();

    /** Whether a reduction that may ignore NaN does. */
    boolean ignoresNaN();

    /** Every loop in one block. */
    BlockChoice WHOLE = new BlockChoice() {
        @Override
        public int block(TileStmt.Loop loop, long length) {
            return Math.toIntExact(Math.max(1, length));
        }

        @Override
        public int parts(TileStmt.Loop loop, int blocks) {
            return 1;
        }

        @Override
        public void order(List<?> blocks) {}

        @Override
        public boolean skipsEmptyBlocks() {
            return true;
        }

        @Override
        public boolean leavesOutMasks() {
            return true;
        }

        @Override
        public boolean ignoresNaN() {
            return false;
        }
    };

    /** A choice that {@code random} makes, anew for each question. */
    static BlockChoice drawn(RandomGenerator random) {
        return new BlockChoice() {
            @Override
            public int block(TileStmt.Loop loop, long length) {
                int most = Math.toIntExact(Math.max(1, length));
                return switch (random.nextInt(4)) {
                    case 0 -> 1;
                    case 1 -> most;
                    default -> 1 + random.nextInt(most);
                };
            }

            @Override
            public int parts(TileStmt.Loop loop, int blocks) {
                return 1 + random.nextInt(Math.max(1, Math.min(blocks, 5)));
            }

            @Override
            public void order(List<?> blocks) {
                Collections.shuffle(blocks, java.util.Random.from(random));
            }

            @Override
            public boolean skipsEmptyBlocks() {
                return random.nextBoolean();
            }

            @Override
            public boolean leavesOutMasks() {
                return random.nextBoolean();
            }

            @Override
            public boolean ignoresNaN() {
                return random.nextBoolean();
            }
        };
    }
}
