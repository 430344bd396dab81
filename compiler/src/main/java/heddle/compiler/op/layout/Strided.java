package heddle.compiler.op.layout;

import heddle.compiler.ir.NdArray;
import java.util.Arrays;

/** Copies elements through strides. The reference evaluates views and broadcasts this way. */
public final class Strided {
    private Strided() {}

    /** A dense array whose element at index i is {@code data[offset + sum of i * strides]}. */
    static double[] copy(double[] data, long offset, long[] strides, long[] shape) {
        double[] out = new double[Math.toIntExact(NdArray.size(shape))];
        if (shape.length == 0) {
            out[0] = data[Math.toIntExact(offset)];
            return out;
        }
        int last = shape.length - 1;
        int row = Math.toIntExact(shape[last]);
        int step = Math.toIntExact(strides[last]);
        long[] index = new long[last];
        for (int at = 0; at < out.length; at += row) {
            long from = offset;
            for (int axis = 0; axis < last; axis++) {
                from += index[axis] * strides[axis];
            }
            int source = Math.toIntExact(from);
            for (int i = 0; i < row; i++) {
                out[at + i] = data[source + i * step];
            }
            increment(index, shape);
        }
        return out;
    }

    /** The next index in row-major order. */
    public static void increment(long[] index, long[] shape) {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            if (++index[axis] < shape[axis]) {
                return;
            }
            index[axis] = 0;
        }
    }

    /** The elements of {@code array} broadcast to {@code shape}; its own data when nothing is to be repeated. */
    public static double[] broadcast(NdArray array, long[] shape) {
        if (Arrays.equals(array.shape(), shape)) {
            return array.data();
        }
        long[] own = array.strides();
        long[] strides = new long[shape.length];
        int skipped = shape.length - own.length;
        for (int axis = 0; axis < own.length; axis++) {
            strides[axis + skipped] = array.shape()[axis] == 1 ? 0 : own[axis];
        }
        return copy(array.data(), 0, strides, shape);
    }
}
