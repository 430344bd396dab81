package heddle.runtime.verify;

import heddle.compiler.ir.NdArray;
import heddle.runtime.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * A result compared with the reference.
 *
 * @param absolute the largest difference
 * @param relative the largest difference divided by the size of the expected value, where that is not zero
 * @param worst    position of the element that is furthest beyond the tolerance, or closest to it
 * @param got      the value of that element
 * @param want     the value it should have
 * @param within   whether all elements are within the tolerance
 */
public record Comparison(double absolute, double relative, long[] worst, double got, double want, boolean within) {
    /** Compares every element; the absolute part of the tolerance grows with the size of what is expected. */
    public static Comparison of(Tensor result, NdArray reference, Tolerance asked) {
        return of(
                result,
                reference,
                asked.scaledTo(reference),
                IntStream.range(0, result.size()).toArray());
    }

    /** Compares some elements. */
    static Comparison of(Tensor result, NdArray reference, Tolerance tolerance, int[] elements) {
        double absolute = 0;
        double relative = 0;
        int worst = 0;
        double excess = Double.NEGATIVE_INFINITY;
        for (int i : elements) {
            double got = result.element(i);
            double want = reference.data()[i];
            double beyond = tolerance.excess(got, want);
            if (beyond > excess) {
                excess = beyond;
                worst = i;
            }
            if (beyond > Double.NEGATIVE_INFINITY) {
                double difference = Double.isNaN(got - want) ? Double.POSITIVE_INFINITY : Math.abs(got - want);
                absolute = Math.max(absolute, difference);
                relative = want == 0 ? relative : Math.max(relative, difference / Math.abs(want));
            }
        }
        boolean any = elements.length > 0;
        return new Comparison(
                absolute,
                relative,
                position(worst, result.shape()),
                any ? result.element(worst) : 0,
                any ? reference.data()[worst] : 0,
                excess <= 0);
    }

    private static long[] position(int flat, long[] shape) {
        long[] index = new long[shape.length];
        long rest = flat;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            long length = Math.max(shape[axis], 1);
            index[axis] = rest % length;
            rest /= length;
        }
        return index;
    }
}
