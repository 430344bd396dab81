package heddle.runtime.jvm;

import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.tile.KernelCost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells which kernels are too small for several threads. To hand blocks to another thread takes about a microsecond, and to fetch what it
 * has stored, a line of its cache at a time, several more.
 */
final class SmallKernels {
    /**
     * Nanoseconds of work that are worth sharing, as {@link #nanos} counts them. On an Intel Xeon, two cores took twice as long as one for kernels of a
     * tenth of that, and as long for kernels of that size. The system property {@code heddle.sharing=all} shares every kernel, as tests do.
     */
    static final double LEAST = "all".equals(System.getProperty("heddle.sharing")) ? 0 : 16_000;

    /** What a core computes in a nanosecond at least, in vectors. */
    private static final int VECTORS = 2;

    /** Bytes that a core reads or writes in a nanosecond, of what has just been computed. */
    private static final int BYTES = 16;

    private final Map<Integer, KernelCost> costs = new HashMap<>();
    private final int entries;
    private final double operations;
    private final double least;

    /**
     * @param lanes floats in a vector
     * @param least nanoseconds of work that are shared
     */
    SmallKernels(List<JavaSource.Call> launches, int lanes, double least) {
        launches.forEach(call -> costs.computeIfAbsent(call.entry(), entry -> KernelCost.of(call.kernel())));
        this.entries = launches.stream().mapToInt(JavaSource.Call::entry).max().orElse(-1) + 1;
        this.operations = 2.0 * lanes * VECTORS;
        this.least = least;
    }

    /** Whether an entry is small at some lengths, for each. */
    boolean[] at(Map<String, Long> lengths) {
        boolean[] small = new boolean[entries];
        costs.forEach((entry, cost) -> small[entry] = nanos(cost, lengths) < least);
        return small;
    }

    private double nanos(KernelCost cost, Map<String, Long> lengths) {
        return cost.flops().at(lengths).doubleValue() / operations
                + cost.bytes().at(lengths).doubleValue() / BYTES;
    }
}
