package heddle.runtime.verify;

import heddle.compiler.ir.Graph;
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

    /** What is asked of results of {@code dtype} that a graph computes: no more than its coarsest floats can give. */
    public static Tolerance of(DType dtype, Graph graph) {
        if (!dtype.isFloat()) {
            return of(dtype);
        }
        return graph.nodes().stream()
                .flatMap(node -> node.results().stream())
                .map(type -> type.dtype())
                .filter(DType::isFloat)
                .map(Tolerance::of)
                .reduce(of(dtype), (a, b) -> a.absolute > b.absolute ? a : b);
    }

    /** The same with another absolute part. */
    Tolerance scaled(double by) {
        return new Tolerance(absolute * by, relative);
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
