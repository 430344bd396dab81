package heddle.runtime.jvm;

import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.backend.jvm.text.VectorMath;
import heddle.compiler.scalar.Effort;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Amount;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

    /** Multiply-adds of vectors in a nanosecond, where a kernel has products. */
    private static final int PRODUCTS = 2;

    /** Bytes that a kernel with products reads and writes in a nanosecond. */
    private static final int BYTES = 16;

    /** Instructions of vectors in a nanosecond, where a kernel has none. */
    private static final int INSTRUCTIONS = 1;

    private record Work(Amount instructions, Amount bytes, boolean hasProducts) {}

    /** Layers of a model do the same work: each kind once, and which one a launch does. */
    private final List<Work> kinds = new ArrayList<>();

    private final int[] launches;
    private final int lanes;
    private final double least;

    /**
     * @param lanes floats in a vector
     * @param least nanoseconds of work that are shared
     */
    SmallKernels(List<JavaSource.Call> launches, int lanes, double least) {
        this.lanes = lanes;
        this.least = least;
        this.launches = launches.stream()
                .map(call -> work(call.kernel()))
                .mapToInt(this::kind)
                .toArray();
    }

    private int kind(Work work) {
        if (!kinds.contains(work)) {
            kinds.add(work);
        }
        return kinds.indexOf(work);
    }

    private Work work(TileKernel kernel) {
        KernelCost cost = KernelCost.of(kernel);
        boolean hasProducts = !new ProgramFacts(kernel.program()).products().isEmpty();
        Amount instructions = hasProducts ? cost.flops() : KernelCost.work(kernel, this::instructions);
        return new Work(instructions, cost.bytes(), hasProducts);
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
                                        && VectorMath.template(a.fn()).isPresent();
                        yield isVector ? own : own * 2 * lanes;
                    }
                    default -> 0;
                });
        return n[0];
    }

    /** Whether a launch is small at some lengths, for each. */
    boolean[] at(Map<String, Long> lengths) {
        boolean[] small = new boolean[kinds.size()];
        for (int n = 0; n < small.length; n++) {
            small[n] = nanos(kinds.get(n), lengths) < least;
        }
        boolean[] all = new boolean[launches.length];
        for (int n = 0; n < all.length; n++) {
            all[n] = small[launches[n]];
        }
        return all;
    }

    private double nanos(Work work, Map<String, Long> lengths) {
        double instructions = work.instructions.at(lengths).doubleValue() / lanes;
        return work.hasProducts
                ? instructions / 2 / PRODUCTS + work.bytes.at(lengths).doubleValue() / BYTES
                : instructions / INSTRUCTIONS;
    }
}
