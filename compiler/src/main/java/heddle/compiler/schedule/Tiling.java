package heddle.compiler.schedule;

import heddle.compiler.tile.TilePlan;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import java.util.Map;
import java.util.OptionalInt;

/** Chooses block sizes, as a target needs them. */
public interface Tiling {
    /** For processors with vector registers. */
    Tiling VECTORS = new VectorTiling();

    /** How a kernel is cut up. Blocks of maps and rows are chosen by their families. */
    default TilePlan of(Family family) {
        return switch (family) {
            case Contraction c -> of(c);
            case Attention a -> of(a);
            case MapFamily m -> new TilePlan(Map.of());
            case RowFamily r -> new TilePlan(Map.of());
        };
    }

    /** The blocks of a product. */
    TilePlan of(Contraction c);

    /** The blocks of queries and keys. */
    TilePlan of(Attention a);

    /** Columns of the panels that a weight on a product's right side is packed into; empty when it is read as it lies. */
    OptionalInt panel(Contraction c);

    /** Whether matrices of sixteen-bit weights stay in two bytes an element; otherwise they are held as they are computed. */
    default boolean keepsPacked() {
        return false;
    }

    /** Whether a library computes this product, sums stored as they are, so that no epilogue is wanted in it. */
    default boolean isLeftToLibrary(Contraction c) {
        return false;
    }
}
