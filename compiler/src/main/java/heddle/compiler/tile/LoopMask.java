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
     *
     * @param greatest the greatest score of each row, which begins at minus infinity
     * @param value    the greatest number that is hidden
     */
    public record Fill(Tile greatest, double value, double above) {
        /** Whether a loop carries the greatest score. */
        boolean isCarried(LoopMode mode) {
            return mode instanceof LoopMode.Partial p
                    && p.carried().stream()
                            .anyMatch(c -> c.tile().equals(greatest)
                                    && c.neutral() instanceof ScalarExpr.Literal l
                                    && l.value() == Double.NEGATIVE_INFINITY);
        }
    }

    /** A mask that always counts: what it hides adds nothing. */
    public LoopMask(ScalarExpr program) {
        this(program, Optional.empty());
    }
}
