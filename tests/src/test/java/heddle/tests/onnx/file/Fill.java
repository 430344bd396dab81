package heddle.tests.onnx.file;

import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;

/** Draws values for an input of a model. */
@FunctionalInterface
interface Fill {
    Tensor draw(Random random, long[] shape);

    private static int size(long[] shape) {
        int size = 1;
        for (long length : shape) {
            size *= Math.toIntExact(length);
        }
        return size;
    }

    /** Numbers below {@code bound}. */
    static Fill below(int bound) {
        return (random, shape) -> Tensor.of(random.longs(size(shape), 0, bound).toArray(), shape);
    }

    /** The same as i32, as TensorFlow has them. */
    static Fill intsBelow(int bound) {
        return (random, shape) -> Tensor.of(random.ints(size(shape), 0, bound).toArray(), shape);
    }

    /** Ones, then zeros: every row but the first is shorter than the longest. */
    static Fill padding() {
        return (random, shape) -> Tensor.of(prefixes(random, shape), shape);
    }

    static Fill intPadding() {
        return (random, shape) -> {
            long[] mask = prefixes(random, shape);
            int[] ints = new int[mask.length];
            for (int i = 0; i < ints.length; i++) {
                ints[i] = (int) mask[i];
            }
            return Tensor.of(ints, shape);
        };
    }

    private static long[] prefixes(Random random, long[] shape) {
        int length = (int) shape[shape.length - 1];
        long[] mask = new long[size(shape)];
        for (int row = 0; row * length < mask.length; row++) {
            int real = row == 0 ? length : 1 + random.nextInt(length);
            for (int i = 0; i < real; i++) {
                mask[row * length + i] = 1;
            }
        }
        return mask;
    }

    static Fill normal() {
        return (random, shape) -> {
            float[] values = new float[size(shape)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return Tensor.of(values, shape);
        };
    }

    static Fill ones() {
        return (random, shape) -> {
            long[] values = new long[size(shape)];
            Arrays.fill(values, 1);
            return Tensor.of(values, shape);
        };
    }
}
