package heddle.compiler.scalar;

import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;

/**
 * A tensor in global memory, dense and row-major.
 *
 * @param name   unique in the plan, a Java identifier
 * @param type   of its values
 * @param stored what its elements are held as: each of its values exactly
 */
public record Buffer(String name, TensorType type, Stored stored) {
    /** A buffer that holds its values as they are computed. */
    public Buffer(String name, TensorType type) {
        this(name, type, Stored.of(type.dtype()));
    }

    @Override
    public String toString() {
        return name;
    }
}
