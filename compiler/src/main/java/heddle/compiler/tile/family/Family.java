package heddle.compiler.tile.family;

import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import java.util.List;

/** A family of kernels. A family says what a kernel computes, and writes its tile program once for all targets. */
public sealed interface Family permits MapFamily, RowFamily, Contraction, Attention {
    /** The tile program. */
    TileKernel program(String name, TilePlan plan, List<String> comments);
}
