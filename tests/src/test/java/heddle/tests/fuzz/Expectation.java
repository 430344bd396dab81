package heddle.tests.fuzz;

import heddle.compiler.ir.NdArray;
import heddle.compiler.type.DType;
import heddle.runtime.verify.Spread;
import heddle.runtime.verify.Tolerance;
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
 * @param cancels   whether infinite terms may cancel each other where what is written is infinite
 */
record Expectation(
        NdArray written,
        Supplier<List<NdArray>> meant,
        Supplier<List<NdArray>> unrounded,
        Supplier<List<List<NdArray>>> inexact,
        double near,
        boolean cancels) {
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
        if (isNear(got, written.data()[i], size)) {
            return Verdict.AS_WRITTEN;
        }
        if (cancels && Double.isNaN(got) && Double.isInfinite(written.data()[i])) {
            return Verdict.AS_MEANT;
        }
        if (meant.get().stream().anyMatch(m -> isNear(got, m.data()[i], size(m)))) {
            return Verdict.AS_MEANT;
        }
        if (unrounded.get().stream().anyMatch(u -> isNear(got, u.data()[i], size(u)))) {
            return Verdict.UNROUNDED;
        }
        boolean asInexact = IntStream.range(0, Reading.values().length)
                .anyMatch(n ->
                        isAsInexact(got, i, meant.get().get(n), inexact.get().get(n)));
        return asInexact ? Verdict.AS_INEXACT : Verdict.WRONG;
    }

    private boolean isAsInexact(double got, int i, NdArray centre, List<NdArray> runs) {
        Spread spread = new Spread(centre, n -> got, new Tolerance(near * size(centre), near), i);
        runs.forEach(spread::add);
        return spread.unexplained().length == 0;
    }

    private boolean isNear(double got, double want, double size) {
        if (got == want || Double.isNaN(got) && Double.isNaN(want)) {
            return true;
        }
        double distance = Math.abs(got - want);
        return Double.isFinite(distance) && distance <= near * (size + Math.abs(want));
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
