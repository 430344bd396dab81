package heddle.compiler.tile.family;

import heddle.compiler.tile.Axis;
import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import java.util.List;

/**
 * {@code output[address(axes)] = body(axes)}: elementwise chains, views that must be copied, gathers.
 *
 * @param axes outermost first; the last is the one the output is contiguous along
 */
public record MapFamily(List<Axis> axes, Buffer output, ScalarExpr address, ScalarExpr body) implements Family {
    public MapFamily {
        axes = List.copyOf(axes);
    }

    @Override
    public TileKernel program(String name, TilePlan plan, List<String> comments) {
        throw new UnsupportedOperationException();
    }
}
