package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import java.util.List;

/**
 * Values that a kernel works on. Where they are held is a matter of the schedule ({@link TilePlace}).
 *
 * @param name unique in the kernel
 * @param axes the axes it spans: the current block of an axis that a loop is open over, all of any other
 */
public record Tile(String name, DType type, List<Axis> axes) {
    public Tile {
        axes = List.copyOf(axes);
    }

    /** This tile's element at the current indexes, for use in a scalar program. */
    public ScalarExpr.Variable value() {
        return new ScalarExpr.Variable(name, type);
    }

    @Override
    public String toString() {
        return name;
    }
}
