package heddle.compiler.tile;

/** The value of a tile. The axes of the result are those of the tile that is defined. */
public sealed interface TileExpr {
    /** {@code program} at every index of the tile; the program reads other tiles as variables of their name. */
    record Map(ScalarExpr program) implements TileExpr {}

    /**
     * {@code sum over axis of a * b}, accumulated at least in f32.
     *
     * @param zerosAnnihilate whether a zero in {@code a} adds nothing even where {@code b} is infinite or NaN, unlike
     *                        in IEEE arithmetic: a probability of zero keeps a masked row of values out of the result
     */
    record Dot(Tile a, Tile b, Axis over, boolean zerosAnnihilate) implements TileExpr {
        public Dot(Tile a, Tile b, Axis over) {
            this(a, b, over, false);
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
