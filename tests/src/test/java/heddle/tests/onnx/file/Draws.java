package heddle.tests.onnx.file;

import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;

/** Tensors that are drawn from a seed. */
public final class Draws {
    private final Random random;

    public Draws(long seed) {
        this.random = new Random(seed);
    }

    private static int size(long[] shape) {
        return (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** Floats around zero. */
    public Tensor floats(long... shape) {
        return around(0, 1.5f, shape);
    }

    public Tensor around(float mean, float deviation, long... shape) {
        float[] values = new float[size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = mean + deviation * (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    /** Floats from {@code low} to {@code high}. */
    public Tensor between(float low, float high, long... shape) {
        float[] values = new float[size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return Tensor.of(values, shape);
    }

    public Tensor doubles(long... shape) {
        double[] values = new double[size(shape)];
        Arrays.setAll(values, i -> 1.5 * random.nextGaussian());
        return Tensor.of(values, shape);
    }

    /** Whole numbers from {@code low} up to {@code high}, without it. */
    public Tensor longs(int low, int high, long... shape) {
        long[] values = new long[size(shape)];
        Arrays.setAll(values, i -> random.nextInt(low, high));
        return Tensor.of(values, shape);
    }

    public Tensor ints(int low, int high, long... shape) {
        int[] values = new int[size(shape)];
        Arrays.setAll(values, i -> random.nextInt(low, high));
        return Tensor.of(values, shape);
    }

    public Tensor truths(long... shape) {
        boolean[] values = new boolean[size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextBoolean();
        }
        return Tensor.of(values, shape);
    }
}
