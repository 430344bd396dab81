package heddle.compiler.tile.family;

import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import java.util.List;

/** A kind of kernel: what is to be computed, from which a tile program is written once for all targets. */
public sealed interface Family permits MapFamily, RowFamily, Contraction, Attention {
    /** The tile program. */
    TileKernel program(String name, TilePlan plan, List<String> comments);
}
