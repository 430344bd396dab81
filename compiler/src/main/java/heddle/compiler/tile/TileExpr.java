package heddle.compiler.tile;

/** What a tile is computed from. Axes of the result are those of the tile that is defined. */
public sealed interface TileExpr {
    /** {@code program} at every index of the tile; the program reads other tiles as variables of their name. */
    record Map(ScalarExpr program) implements TileExpr {}

    /** {@code sum over axis of a * b}, accumulated at least in f32. */
    record Dot(Tile a, Tile b, Axis over) implements TileExpr {}

    /** {@code program} reduced over an axis. */
    record Reduce(Reduction kind, ScalarExpr program, Axis over) implements TileExpr {}
}
