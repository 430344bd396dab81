package heddle.compiler.tile;

import heddle.compiler.index.BlockTable;
import java.util.List;
import java.util.Locale;

/** One decision of a {@link KernelSchedule}. */
public sealed interface Choice {
    /** What the choice is about: a loop, an axis or a tile. A schedule has at most one choice of a kind for a subject. */
    default String subject() {
        return switch (this) {
            case Cut c -> c.loop().name();
            case Order o -> o.loop().name();
            case Band b -> b.loop().name();
            case Bind b -> b.axis();
            case Place p -> p.tile();
            case Skip s -> s.loop().name();
            case Unroll u -> u.tile() + " over " + u.axis();
            case Trim t -> t.loop().name();
            case Grain g -> "blocks";
            case Stage s -> s.axis();
            case Pitch p -> p.tile();
            case Fetch f -> f.tile();
            case Prefetch p -> p.tile();
        };
    }

    /** Into what blocks a loop is cut. */
    record Cut(LoopId loop, Size size) implements Choice {}

    /** The sizes of blocks. */
    sealed interface Size {
        /** One block that has all indexes. */
        record Whole() implements Size {
            @Override
            public String toString() {
                return "whole";
            }
        }

        /** A block for each index. */
        record Each() implements Size {
            @Override
            public String toString() {
                return "each";
            }
        }

        /** Blocks of {@code n} indexes, at least one; the last may have fewer. */
        record Blocks(int n) implements Size {
            public Blocks {
                if (n < 1) {
                    throw new IllegalArgumentException("blocks of " + n);
                }
            }

            @Override
            public String toString() {
                return String.valueOf(n);
            }
        }
    }

    /** In which order the blocks of a parallel loop begin. */
    record Order(LoopId loop, Direction direction) implements Choice {}

    /**
     * How many blocks of the innermost parallel loop are taken with each block of the loop around it, before the next so many: a band.
     * What the blocks of a band read along the inner loop is still in a cache when the outer one moves on.
     */
    record Band(LoopId loop, int n) implements Choice {}

    /** Directions of an order. */
    enum Direction {
        UP,
        DOWN
    }

    /**
     * What runs the indexes of a block along an axis: levels, outermost first. {@code thread 8 · register 4} gives each of eight
     * threads four neighbours, {@code register 4 · thread 8} every eighth index.
     */
    record Bind(String axis, List<Factor> chain) implements Choice {
        public Bind {
            chain = List.copyOf(chain);
        }
    }

    /**
     * One level of a chain.
     *
     * @param n how many indexes it has; zero where it has as many as the level has places, or as the others leave
     */
    record Factor(Level level, int n) {
        public Factor {
            if (n < 0) {
                throw new IllegalArgumentException(level + " of " + n);
            }
        }

        /** {@code thread 8}. */
        @Override
        public String toString() {
            return level.text() + (n == 0 ? "" : " " + n);
        }
    }

    /** What runs indexes. */
    enum Level {
        /** Groups of a device, each of which has a block. */
        GROUP,
        /** Threads of a group. */
        THREAD,
        /** Variables of a thread; of a processor, vectors computed side by side, fewer where a block has not so many. */
        REGISTER,
        /** Lanes of vectors. */
        LANE,
        /** A loop: one index after another, or a few at once. Lanes run along what each of them has. */
        LOOP;

        /** The name in listings. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How many indexes along an axis one statement computes at once, each with a sum of its own: the sides of the register block of
     * a product, or the accumulators of a reduction. Along an axis of lanes it counts vectors. What is left over at the end is
     * computed by fewer at once.
     *
     * @param tile that the statement changes
     */
    record Unroll(String tile, String axis, int n) implements Choice {}

    /** By how many indexes at a time blocks that a mask leaves in part lose what is empty at both ends. */
    record Trim(LoopId loop, int n) implements Choice {}

    /** How many pieces of the blocks a thread takes on average: more pieces balance better but cost more. No bit depends on it. */
    record Grain(int pieces) implements Choice {}

    /** How many indexes along a summed axis the factors of a product have in local memory at once. */
    record Stage(String axis, int n) implements Choice {}

    /** How many elements stand unused behind each line of a tile in local memory, so that its banks do not collide. */
    record Pitch(String tile, int more) implements Choice {}

    /**
     * A block of a tile that lies in memory is read as a whole before products read it, so that a cache has it. Its first reader does
     * that alone: blocks of the innermost parallel loop share it.
     *
     * @param rows of the block that is multiplied with it, from which on that is worth it: fewer are computed while they wait for memory
     */
    record Fetch(String tile, int rows) implements Choice {}

    /**
     * While products read some terms of a tile that lies in memory, a cache is asked for those that follow, and nothing waits for them. Only
     * a block that has all rows of a batch does that, in place of a {@link Fetch}: others share the terms with blocks of other threads,
     * which would lose them.
     *
     * @param rows as those of a fetch
     */
    record Prefetch(String tile, int rows) implements Choice {}

    /** Where a tile is held. */
    record Place(String tile, TilePlace place) implements Choice {}

    /**
     * Which tables tell the blocks of a masked loop apart, beside the indexes. Entries are for blocks, or along the loop for what a
     * block is narrowed by, where that divides the block.
     */
    record Skip(LoopId loop, List<BlockTable> tables) implements Choice {
        public Skip {
            tables = List.copyOf(tables);
        }
    }
}
