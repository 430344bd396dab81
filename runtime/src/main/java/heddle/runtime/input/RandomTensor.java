package heddle.runtime.input;

import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.ElementCount;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Tensors for timings and comparisons, the same for the same seed on every machine: floats from a normal distribution,
 * bools by a toss of a coin, integers evenly from a range.
 */
public final class RandomTensor {
    private RandomTensor() {}

    /**
     * A random tensor.
     *
     * @param deviation the standard deviation of floats
     * @param range     what integers are drawn from
     * @throws DiagnosticException when it would have more elements than an array can
     */
    public static Tensor of(
            TensorType type, Map<String, Long> lengths, long seed, double deviation, IntegerRange range) {
        long[] shape = type.shape().evaluate(lengths);
        requireArray(type, shape);
        Tensor t = Tensor.zeros(type.dtype(), shape);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < t.size(); i++) {
            switch (t.storage()) {
                case float[] a -> a[i] = (float) (deviation * random.nextGaussian());
                case double[] a -> a[i] = deviation * random.nextGaussian();
                case long[] a -> a[i] = random.nextLong(range.low(), range.high() + 1);
                case int[] a -> a[i] = (int) random.nextLong(range.low(), range.high() + 1);
                case boolean[] a -> a[i] = random.nextBoolean();
                default -> throw new AssertionError(t.storage().getClass());
            }
        }
        return t.rounded();
    }

    private static void requireArray(TensorType type, long[] shape) {
        try {
            ElementCount.of(Arrays.stream(shape).boxed().toList());
        } catch (IllegalArgumentException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.TENSOR_TOO_LARGE, "a random " + type + ": " + e.getMessage())
                            .hint("use shorter lengths or smaller batches"));
        }
    }
}
