package heddle.compiler.ir;

import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A tensor of the reference interpreter: every element type is held as a double (integers are exact up to 2^53, bools
 * are 0 and 1), dense and row-major.
 */
public record NdArray(DType dtype, long[] shape, double[] data) {
    public NdArray {
        if (size(shape) != data.length) {
            throw new IllegalArgumentException(size(shape) + " elements expected, " + data.length + " given");
        }
    }

    /** All zeros. */
    public static NdArray zeros(DType dtype, long... shape) {
        return new NdArray(dtype, shape, new double[Math.toIntExact(size(shape))]);
    }

    public static NdArray scalar(DType dtype, double value) {
        return new NdArray(dtype, new long[0], new double[] {value});
    }

    /** An array of the same type and shape with a function applied to every element. */
    public NdArray map(DoubleUnaryOperator function) {
        return new NdArray(
                dtype, shape, Arrays.stream(data).parallel().map(function).toArray());
    }

    /** The type, all lengths known. */
    public TensorType type() {
        return new TensorType(dtype, Shape.of(shape));
    }

    public int rank() {
        return shape.length;
    }

    /** Elements from one index to the next along each axis. */
    public long[] strides() {
        return strides(shape);
    }

    public static long[] strides(long[] shape) {
        long[] s = new long[shape.length];
        long step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            s[i] = step;
            step *= shape[i];
        }
        return s;
    }

    public static long size(long[] shape) {
        long n = 1;
        for (long d : shape) {
            n = Math.multiplyExact(n, d);
        }
        return n;
    }
}
