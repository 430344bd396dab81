package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;

/**
 * The name of a loop, unique in its program: several loops may run over one axis.
 *
 * @param name as listings show it: {@code J}
 */
public record LoopId(String name) {
    /** The name of the only loop over an axis. */
    public static LoopId of(Axis axis) {
        return new LoopId(axis.name());
    }

    @Override
    public String toString() {
        return name;
    }
}
