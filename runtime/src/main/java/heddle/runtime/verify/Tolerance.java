package heddle.runtime.verify;

import heddle.compiler.type.DType;

/**
 * How far a result may be from the reference: {@code |got - want| <= absolute + relative * |want|}. Two NaN agree, and
 * so do two equal infinities.
 */
public record Tolerance(double absolute, double relative) {
    /** What is asked of results of a type: some units in the last place, times what long sums lose. */
    public static Tolerance of(DType dtype) {
        return switch (dtype) {
            case F64 -> new Tolerance(1e-10, 1e-10);
            case F32 -> new Tolerance(2e-5, 1e-4);
            case F16 -> new Tolerance(2e-3, 4e-3);
            case BF16 -> new Tolerance(2e-2, 3e-2);
            case I32, I64, BOOL -> new Tolerance(0, 0);
        };
    }

    /** How far beyond the tolerance a result is; not positive when it is within. */
    double excess(double got, double want) {
        if (Double.compare(got, want) == 0 || got == want) {
            return Double.NEGATIVE_INFINITY;
        }
        double excess = Math.abs(got - want) - absolute - relative * Math.abs(want);
        return Double.isNaN(excess) ? Double.POSITIVE_INFINITY : excess;
    }
}
