package heddle.tests.fuzz;

import heddle.compiler.ir.NdArray;
import heddle.compiler.type.DType;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What an output may be. What is meant and how inexact the written arithmetic is count for those elements alone that are
 * not what the reference computes, and are computed for them only.
 *
 * @param written   the reference
 * @param meant     the reference in each reading
 * @param unrounded the same, when casts do not round
 * @param inexact   runs of each reading in its own arithmetic
 * @param near      how near an element must be to what is expected, in the unit of its own size and of all elements' mean
 */
record Expectation(
        NdArray written,
        Supplier<List<NdArray>> meant,
        Supplier<List<NdArray>> unrounded,
        Supplier<List<List<NdArray>>> inexact,
        double near) {
    /** How many times the distance of inexact runs a result may be off. */
    private static final double TIMES = 4;

    /** An element that is wrong. */
    record Wrong(int element, double got, double want) {}

    /** What is asked of results of a type: some units in its last place. */
    static double near(DType type) {
        return switch (type) {
            case F64 -> 1e-12;
            case F32 -> 4e-6;
            case F16 -> 0x1p-10;
            case BF16 -> 0x1p-7;
            case I32, I64, BOOL -> 0;
        };
    }

    /** The first wrong element, if any; counts how the others stand. */
    Optional<Wrong> judge(double[] got, EnumMap<Verdict, Integer> counts) {
        Wrong wrong = null;
        double size = size(written);
        for (int i = 0; i < got.length; i++) {
            Verdict verdict = verdict(got[i], i, size);
            counts.merge(verdict, 1, Integer::sum);
            if (verdict == Verdict.WRONG && wrong == null) {
                wrong = new Wrong(i, got[i], written.data()[i]);
            }
        }
        return Optional.ofNullable(wrong);
    }

    private Verdict verdict(double got, int i, double size) {
        if (isNear(got, written.data()[i], size, 0)) {
            return Verdict.AS_WRITTEN;
        }
        if (meant.get().stream().anyMatch(m -> isNear(got, m.data()[i], size(m), 0))) {
            return Verdict.AS_MEANT;
        }
        if (unrounded.get().stream().anyMatch(u -> isNear(got, u.data()[i], size(u), 0))) {
            return Verdict.UNROUNDED;
        }
        boolean asInexact = IntStream.range(0, Reading.values().length)
                .anyMatch(n ->
                        isAsInexact(got, i, meant.get().get(n), inexact.get().get(n)));
        return asInexact ? Verdict.AS_INEXACT : Verdict.WRONG;
    }

    /**
     * Whether some run gives such an element, or they are as far apart. Where some give a number and others none, or none
     * of the same kind, it hangs on what is too small for a type, and more than these may come of it.
     */
    private boolean isAsInexact(double got, int i, NdArray centre, List<NdArray> runs) {
        if (!Double.isFinite(got)
                && runs.stream()
                                .mapToDouble(run -> kind(run.data()[i]))
                                .distinct()
                                .count()
                        > 1) {
            return true;
        }
        double size = size(centre);
        double off = 0;
        for (NdArray run : runs) {
            double x = run.data()[i];
            if (isNear(got, x, size, 0)) {
                return true;
            }
            double distance = Math.abs(x - centre.data()[i]);
            off = Double.isFinite(distance) ? Math.max(off, distance) : off;
        }
        return isNear(got, centre.data()[i], size, TIMES * off);
    }

    /** The same for all numbers. */
    private static double kind(double x) {
        return Double.isFinite(x) ? 0 : x;
    }

    private boolean isNear(double got, double want, double size, double off) {
        if (got == want || Double.isNaN(got) && Double.isNaN(want)) {
            return true;
        }
        double distance = Math.abs(got - want);
        return Double.isFinite(distance) && distance <= off + near * (size + Math.abs(want));
    }

    /** The root mean square of the finite elements. */
    private static double size(NdArray array) {
        return Math.sqrt(Arrays.stream(array.data())
                .filter(Double::isFinite)
                .map(v -> v * v)
                .average()
                .orElse(0));
    }
}
