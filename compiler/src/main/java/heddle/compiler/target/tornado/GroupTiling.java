package heddle.compiler.target.tornado;

import heddle.compiler.schedule.Tiling;
import heddle.compiler.tile.TilePlan;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Block sizes for devices: the largest blocks whose operands fit into local memory and whose results fit into the
 * registers of a group's threads.
 *
 * @param limits of the device
 */
public record GroupTiling(TornadoLimits limits) implements Tiling {
    /** Queries and keys of a block, most wanted first. */
    private static final List<int[]> ATTENTION =
            List.of(new int[] {64, 32}, new int[] {32, 32}, new int[] {32, 16}, new int[] {16, 16}, new int[] {8, 16});

    /** What a product sums over at a time. */
    private static final int DEPTH = 16;

    @Override
    public TilePlan of(Contraction c) {
        return new TilePlan(
                Map.of(c.m().name(), side(c.m().extent()), c.n().name(), side(c.n().extent()), c.k().name(), DEPTH));
    }

    /** Sixty-four, or less when all there is takes less. */
    private static int side(Dim extent) {
        if (!extent.isKnown() || extent.value() > 32) {
            return 64;
        }
        return extent.value() > 16 ? 32 : 16;
    }

    @Override
    public TilePlan of(Attention a) {
        for (int[] blocks : ATTENTION) {
            TilePlan plan = new TilePlan(Map.of(a.i().name(), blocks[0], a.j().name(), blocks[1]));
            BlockKernel kernel = new BlockKernel(a.program("attention", plan, List.of()), limits);
            if (kernel.localBytes() <= limits.localBytes()
                    && kernel.registers() <= limits.kind().registers()) {
                return plan;
            }
        }
        int[] least = ATTENTION.getLast();
        return new TilePlan(Map.of(a.i().name(), least[0], a.j().name(), least[1]));
    }

    @Override
    public boolean isLeftToLibrary(Contraction c) {
        return limits.libraryTasks()
                && LibraryChoice.of(c.program("product", of(c), List.of()))
                        .gemm()
                        .isPresent();
    }

    /** Devices read weights as they lie. */
    @Override
    public OptionalInt panel(Contraction c) {
        return OptionalInt.empty();
    }
}
