package heddle.tests.gradient;

import heddle.compiler.ir.NdArray;
import java.util.Arrays;
import java.util.Map;

/** Compares gradients, whose size differs from tensor to tensor: by their root mean square, with no floor at one. */
final class Closeness {
    private Closeness() {}

    /** Fails at the first element that is off by more than {@code tolerance} of its size and the tensor's; NaN is compared by place. */
    static void check(Map<String, NdArray> expected, Map<String, NdArray> actual, double tolerance, String place) {
        expected.forEach((name, array) -> {
            double[] e = array.data();
            double[] a = actual.get(name).data();
            double rms = Math.sqrt(Arrays.stream(e)
                    .filter(Double::isFinite)
                    .map(x -> x * x)
                    .average()
                    .orElse(0));
            for (int i = 0; i < e.length; i++) {
                boolean close = Double.compare(e[i], a[i]) == 0
                        || e[i] == a[i]
                        || Math.abs(e[i] - a[i]) <= tolerance * (Math.abs(e[i]) + rms);
                if (!close) {
                    throw new AssertionError(
                            e[i] + " expected, " + a[i] + " at " + i + " of " + name + ", rms " + rms + ": " + place);
                }
            }
        });
    }
}
