package heddle.compiler.schedule;

import heddle.compiler.tile.TilePlan;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import java.util.OptionalInt;

/** Chooses block sizes, as a target needs them. */
public interface Tiling {
    /** For processors with vector registers. */
    Tiling VECTORS = new VectorTiling();

    /** How a kernel is cut up. */
    TilePlan of(Family family);

    /** Columns of the panels that a weight on a product's right side is packed into; empty when it is read as it lies. */
    OptionalInt panel(Contraction c);
}
