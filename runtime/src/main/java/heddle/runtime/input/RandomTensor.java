package heddle.runtime.input;

import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.ElementCount;
import heddle.runtime.tensor.StoredArray;
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

    /** Whole numbers of a quantised weight: all that have a negative of the same size, evenly. */
    public static Tensor quantised(TensorType type, Stored stored, long seed) {
        long[] shape = type.shape().evaluate(Map.of());
        requireArray(type, shape);
        int most = most(stored);
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-most, most + 1);
        }
        return Tensor.packed(type.dtype(), shape, stored, StoredArray.packed(values, stored));
    }

    /** Scales that differ by up to a half from {@code mean}. */
    public static Tensor scales(TensorType type, double mean, long seed) {
        Tensor t = Tensor.zeros(type.dtype(), type.shape().evaluate(Map.of()));
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (float) (mean * random.nextDouble(0.5, 1.5));
        }
        return t;
    }

    /** The standard deviation of what {@link #quantised} draws. */
    public static double deviation(Stored stored) {
        int most = most(stored);
        return Math.sqrt(most * (most + 1) / 3.0);
    }

    private static int most(Stored stored) {
        return stored == Stored.I8 ? 127 : 7;
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
