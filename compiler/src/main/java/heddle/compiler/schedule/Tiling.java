package heddle.compiler.schedule;

import heddle.compiler.tile.TilePlan;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.SplitAttention;
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
            case SplitAttention s -> of(s.whole());
            case MapFamily m -> new TilePlan(Map.of());
            case RowFamily r -> new TilePlan(Map.of());
        };
    }

    /** The blocks of a product. */
    TilePlan of(Contraction c);

    /** The blocks of queries and keys. */
    TilePlan of(Attention a);

    /** The attention in the form in which it is computed: heads that share keys may become rows. */
    default Attention form(Attention a) {
        return a;
    }

    /** How many keys are computed apart from the others; empty when all are computed together. */
    default OptionalInt part(Attention a) {
        return OptionalInt.empty();
    }

    /** Columns of the panels that a weight on a product's right side is packed into; empty when it is read as it lies. */
    OptionalInt panel(Contraction c);

    /** Whether a library computes this product, sums stored as they are, so that no epilogue is wanted in it. */
    default boolean isLeftToLibrary(Contraction c) {
        return false;
    }
}
