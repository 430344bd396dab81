package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import java.util.List;

/**
 * A block of values a kernel works on.
 *
 * @param name  unique in the kernel
 * @param axes  the axes it spans, each over the current block of that axis; an axis that is not listed is fixed or absent
 * @param space its memory
 */
public record Tile(String name, DType type, List<Axis> axes, Space space) {
    /** A memory space. */
    public enum Space {
        /** Not copied: read where it lies in a buffer. */
        GLOBAL,
        /** Fast memory that the threads of one block share; scratch of a worker on the JVM. */
        LOCAL,
        /** Held by one thread. */
        REGISTER
    }

    public Tile {
        axes = List.copyOf(axes);
    }

    /** This tile's element at the current indexes, for use in a scalar program. */
    public ScalarExpr value() {
        return new ScalarExpr.Variable(name, type);
    }

    @Override
    public String toString() {
        return name;
    }
}
