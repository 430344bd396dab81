package heddle.tests.onnx;

import heddle.runtime.tensor.Tensor;
import java.util.Arrays;

/** How far two tensors are apart. */
final class Difference {
    private Difference() {}

    /**
     * The largest difference, as a part of the largest finite number that is expected. What is not a number must not be one in
     * both, and what is infinite the same in both: else the difference is infinite, as it is between different shapes.
     */
    static double relative(Tensor got, Tensor expected) {
        if (!Arrays.equals(got.shape(), expected.shape())) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < got.size(); i++) {
            double a = got.element(i);
            double b = expected.element(i);
            if (Double.isFinite(b)) {
                largest = Math.max(largest, Math.abs(b));
            }
            if (Double.compare(a, b) != 0 && a != b) {
                double apart = Math.abs(a - b);
                difference = Math.max(difference, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
            }
        }
        return difference == 0 ? 0 : difference / Math.max(largest, Float.MIN_NORMAL);
    }
}
