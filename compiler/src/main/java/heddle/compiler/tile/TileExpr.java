package heddle.compiler.tile;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import java.util.List;

/** The value of a tile. The axes of the result are those of the tile that is defined. */
public sealed interface TileExpr {
    /** The scalar program that it has; none of a product. */
    default List<ScalarExpr> programs() {
        return switch (this) {
            case Map m -> List.of(m.program());
            case Reduce r -> List.of(r.program());
            case Dot d -> List.of();
        };
    }

    /** {@code program} at every index of the tile; the program reads other tiles as variables of their name. */
    record Map(ScalarExpr program) implements TileExpr {}

    /**
     * {@code sum over axis of a * b}, accumulated at least in f32.
     *
     * @param zeros whose zeros add nothing, {@code a} being the left factor
     */
    record Dot(Tile a, Tile b, Axis over, Annihilating zeros) implements TileExpr {
        public Dot(Tile a, Tile b, Axis over) {
            this(a, b, over, Annihilating.NEITHER);
        }

        /** The left and the right factor. */
        public List<Tile> factors() {
            return List.of(a, b);
        }
    }

    /**
     * {@code program} reduced over an axis.
     *
     * @param ignoresNaN whether a minimum or maximum may ignore NaN, because values computed from it become NaN anyway
     */
    record Reduce(Reduction kind, ScalarExpr program, Axis over, boolean ignoresNaN) implements TileExpr {
        public Reduce(Reduction kind, ScalarExpr program, Axis over) {
            this(kind, program, over, false);
        }
    }
}
