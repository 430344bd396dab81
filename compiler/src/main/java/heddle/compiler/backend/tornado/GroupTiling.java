package heddle.compiler.backend.tornado;

import heddle.compiler.schedule.Tiling;
import heddle.compiler.tile.TilePlan;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Chooses block sizes for devices: the largest blocks whose operands fit in local memory and whose results fit in the
 * registers of a group's threads.
 *
 * @param limits of the device
 */
public record GroupTiling(TornadoLimits limits) implements Tiling {
    /** Queries and keys of a block, most wanted first. */
    private static final List<int[]> ATTENTION =
            List.of(new int[] {64, 32}, new int[] {32, 32}, new int[] {32, 16}, new int[] {16, 16}, new int[] {8, 16});

    /** The most columns of the result that a block of attention has. */
    private static final int COLUMNS = 512;

    /** Parts of the columns are multiples of this: one column for each thread of a row. */
    private static final int LEAST_COLUMNS = 16;

    /** How much of the summed axis a matmul takes at a time. */
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

    /**
     * The largest blocks whose operands fit as a whole. Where heads are too large for that, operands come in slices, and
     * the columns of the result are cut into as few parts as registers allow.
     */
    @Override
    public TilePlan of(Attention a) {
        for (int[] blocks : ATTENTION) {
            TilePlan plan = plan(a, blocks);
            BlockKernel kernel = kernel(a, plan);
            if (kernel.isWhole() && fits(kernel, limits.kind().registers())) {
                return plan;
            }
        }
        long columns = a.e().extent().value();
        int part;
        long parts = Math.ceilDiv(columns, COLUMNS);
        do {
            part = Math.toIntExact(Math.ceilDiv(columns, Math.max(1, parts)));
            part = Math.ceilDiv(part, LEAST_COLUMNS) * LEAST_COLUMNS;
            parts++;
            for (int[] blocks : ATTENTION) {
                TilePlan plan = part < columns ? plan(a, blocks).orElse(a.e(), part) : plan(a, blocks);
                if (fits(kernel(a, plan), limits.kind().variables())) {
                    return plan;
                }
            }
        } while (part > LEAST_COLUMNS);
        return plan(a, ATTENTION.getLast()).orElse(a.e(), LEAST_COLUMNS);
    }

    private static TilePlan plan(Attention a, int[] blocks) {
        return new TilePlan(Map.of(a.i().name(), blocks[0], a.j().name(), blocks[1]));
    }

    private BlockKernel kernel(Attention a, TilePlan plan) {
        return new BlockKernel(a.kernel("attention", plan, List.of()), limits);
    }

    private boolean fits(BlockKernel kernel, int variables) {
        return kernel.localBytes() <= limits.localBytes() && kernel.registers() <= variables;
    }

    @Override
    public boolean isLeftToLibrary(Contraction c) {
        return limits.libraryTasks()
                && LibraryChoice.of(c.kernel("product", of(c), List.of()))
                        .gemm()
                        .isPresent();
    }

    /** Devices read weights as they lie. */
    @Override
    public OptionalInt panel(Contraction c) {
        return OptionalInt.empty();
    }
}
