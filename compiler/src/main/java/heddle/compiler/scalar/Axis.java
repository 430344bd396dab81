package heddle.compiler.scalar;

import heddle.compiler.type.Dim;

/**
 * A loop variable of a kernel.
 *
 * @param name   unique in the kernel: {@code b}, {@code h}, {@code i}
 * @param extent the axis runs from zero up to this, exclusive
 */
public record Axis(String name, Dim extent) {
    @Override
    public String toString() {
        return name;
    }
}
