package heddle.compiler.tile;

import heddle.compiler.index.BlockTable;
import java.util.List;

/** One decision of a {@link KernelSchedule}. */
public sealed interface Choice {
    /** What the choice is about: a loop or a tile. A schedule has at most one choice of a kind for a subject. */
    default String subject() {
        return switch (this) {
            case Cut c -> c.loop().name();
            case Order o -> o.loop().name();
            case Bind b -> b.loop().name();
            case Place p -> p.tile();
            case Skip s -> s.loop().name();
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

    /** Directions of an order. */
    enum Direction {
        UP,
        DOWN
    }

    /** What the indexes of a loop's block are bound to. */
    record Bind(LoopId loop, Level level) implements Choice {}

    /** What runs the indexes of a block. */
    enum Level {
        /** Lanes of vectors. */
        LANES,
        /** A loop: one index after another, or a few at once. Lanes run along what each of them has. */
        LOOP
    }

    /** Where a tile is held. */
    record Place(String tile, TilePlace place) implements Choice {}

    /** Which tables tell the blocks of a masked loop apart, beside the indexes. */
    record Skip(LoopId loop, List<BlockTable> tables) implements Choice {
        public Skip {
            tables = List.copyOf(tables);
        }
    }
}
