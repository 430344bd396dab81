package heddle.compiler.tile.family;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.TileProgram;
import java.util.List;
import java.util.function.UnaryOperator;

/** A family of kernels. A family says what a kernel computes, and writes its tile program once for all targets. */
public sealed interface Family
        permits MapFamily, RowFamily, ScatterFamily, Contraction, Attention, SplitAttention, AttentionGradients {
    /** The same family with {@code change} made to each program; where it stores stays as it is. */
    Family map(UnaryOperator<ScalarExpr> change);

    /** What it computes, as a tile program. */
    TileProgram program(String name, List<String> comments);
}
