package heddle.compiler.scalar;

import heddle.compiler.type.TensorType;

/**
 * A tensor in global memory, dense and row-major.
 *
 * @param name unique in the plan, a Java identifier
 */
public record Buffer(String name, TensorType type) {
    @Override
    public String toString() {
        return name;
    }
}
