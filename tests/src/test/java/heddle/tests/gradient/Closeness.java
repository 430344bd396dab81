package heddle.tests.gradient;

import heddle.compiler.ir.NdArray;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Compares gradients, whose size differs from tensor to tensor: by their root mean square, with no floor at one. */
final class Closeness {
    private Closeness() {}

    /** Tensors of the same elements. */
    static Map<String, Tensor> tensors(Map<String, NdArray> arrays) {
        Map<String, Tensor> tensors = new HashMap<>();
        arrays.forEach((name, array) -> {
            Tensor t = Tensor.zeros(array.dtype(), array.shape());
            for (int i = 0; i < t.size(); i++) {
                switch (t.storage()) {
                    case float[] a -> a[i] = (float) array.data()[i];
                    case double[] a -> a[i] = array.data()[i];
                    case long[] a -> a[i] = (long) array.data()[i];
                    case boolean[] a -> a[i] = array.data()[i] != 0;
                    default -> throw new AssertionError(t.storage().getClass());
                }
            }
            tensors.put(name, t);
        });
        return tensors;
    }

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
