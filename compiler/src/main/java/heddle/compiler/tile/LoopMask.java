package heddle.compiler.tile;

import heddle.compiler.scalar.ScalarExpr;
import java.util.Optional;

/**
 * The mask of a loop over blocks: which indices count.
 *
 * @param program a bool program over the axes of the loop and of those around it
 * @param fill    what makes the mask count; empty where it always does
 */
public record LoopMask(ScalarExpr program, Optional<Fill> fill) {
    /**
     * What the mask hides is a number, with which the body computes as with others. It leaves no trace in what the loop carries where each
     * element of a tile ends above a bound without it; blocks that are empty may be left out there.
     */
    public record Fill(Tile greatest, double above) {}

    /** A mask that always counts: what it hides adds nothing. */
    public LoopMask(ScalarExpr program) {
        this(program, Optional.empty());
    }
}
