package heddle.runtime.jvm;

import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.backend.jvm.text.VectorTemplates;
import heddle.compiler.scalar.Effort;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Amount;
import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells which kernels are too small for several threads, by a rough estimate of their time. To hand blocks to another thread takes about
 * a microsecond, and to fetch what it has stored, a line of its cache at a time, several more.
 */
final class SmallKernels {
    /**
     * Nanoseconds that are worth sharing. On an Intel Xeon, two cores took twice as long as one for kernels of a tenth of that, and as long for
     * kernels of that size. The system property {@code heddle.sharing=all} shares every kernel, as tests do.
     */
    static final double LEAST = "all".equals(System.getProperty("heddle.sharing")) ? 0 : 16_000;

    /** Operations of vectors in a nanosecond, where a kernel has products: two multiply-adds. */
    private static final int OF_PRODUCTS = 4;

    /** The same where it has none. */
    private static final int OF_OTHERS = 1;

    /** Bytes that a kernel with products reads and writes in a nanosecond. */
    private static final int BYTES = 16;

    /** @param speed operations of vectors in a nanosecond */
    private record Work(Amount operations, int speed, Amount bytes) {}

    private final Map<Integer, Work> works = new HashMap<>();
    private final int lanes;
    private final double least;

    /**
     * @param launches of which those that share an entry count as the same work
     * @param lanes    floats in a vector
     * @param least    nanoseconds of work that are shared
     */
    SmallKernels(List<JavaSource.Call> launches, int lanes, double least) {
        this.lanes = lanes;
        this.least = least;
        launches.forEach(call -> works.computeIfAbsent(call.entry(), entry -> work(call.kernel())));
    }

    private Work work(TileKernel kernel) {
        if (new ProgramFacts(kernel.program()).products().isEmpty()) {
            return new Work(KernelCost.work(kernel, this::instructions), OF_OTHERS, Amount.ZERO);
        }
        KernelCost cost = KernelCost.of(kernel);
        return new Work(cost.flops(), OF_PRODUCTS, cost.bytes());
    }

    /** Those that a vector of elements takes: functions that have no vector code take some for each lane. */
    private int instructions(ScalarExpr program) {
        int[] n = {1};
        ScalarExprs.visit(
                program,
                e -> n[0] += switch (e) {
                    case ScalarExpr.Element x -> 1;
                    case ScalarExpr.Apply a -> {
                        int own = switch (Effort.of(a.fn())) {
                            case SIMPLE -> 1;
                            case ROUNDING, DIVISION -> 4;
                            case TRANSCENDENTAL -> 16;
                        };
                        boolean isVector = own < 16
                                || a.type() != DType.F64
                                        && VectorTemplates.template(a.fn()).isPresent();
                        yield isVector ? own : own * 2 * lanes;
                    }
                    default -> 0;
                });
        return n[0];
    }

    /** The entries that are small at some lengths. */
    Set<Integer> at(Map<String, Long> lengths) {
        return works.entrySet().stream()
                .filter(work -> nanos(work.getValue(), lengths) < least)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private double nanos(Work work, Map<String, Long> lengths) {
        return work.operations.at(lengths).doubleValue() / lanes / work.speed
                + work.bytes.at(lengths).doubleValue() / BYTES;
    }
}
