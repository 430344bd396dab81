package heddle.compiler.backend.jvm;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.TileKernel;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The axes that are split into blocks at the point where code is written. The ends of their blocks are in variables.
 */
record BlockRanges(Set<Axis> blocked) {
    /** The blocks of parallel axes. */
    static BlockRanges of(TileKernel kernel) {
        return new BlockRanges(
                kernel.parallel().stream().filter(kernel::isBlocked).collect(Collectors.toSet()));
    }

    /** These ranges, and a block of {@code axis}. */
    BlockRanges with(Axis axis) {
        Set<Axis> inner = new HashSet<>(blocked);
        inner.add(axis);
        return new BlockRanges(inner);
    }

    boolean isBlocked(Axis axis) {
        return blocked.contains(axis);
    }

    /** The first index: an {@code int} expression. */
    String from(Axis axis) {
        return isBlocked(axis) ? KernelScope.from(axis) : "0";
    }

    /** The index after the last. */
    String to(Axis axis) {
        return isBlocked(axis) ? KernelScope.to(axis) : KernelScope.extent(axis);
    }

    /** How many indexes there are, as an operand. */
    String length(Axis axis) {
        return isBlocked(axis) ? "(" + to(axis) + " - " + from(axis) + ")" : ScalarCode.operand(to(axis));
    }
}
