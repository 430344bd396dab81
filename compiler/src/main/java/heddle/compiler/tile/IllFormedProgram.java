package heddle.compiler.tile;

/** A tile program breaks a rule of {@link TileVerifier}: a bug of the lowering that made it. */
public final class IllFormedProgram extends IllegalStateException {
    private static final long serialVersionUID = 1;

    IllFormedProgram(TileProgram program, String where, String rule) {
        super("the tile program of " + program.name() + " is not well formed at " + where + ": " + rule);
    }
}
