package heddle.runtime.tornado;

import heddle.compiler.type.DType;
import heddle.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Tensors in off-heap memory, as generated classes for TornadoVM take them. Bools are bytes. */
public final class Elements {
    private Elements() {}

    /** Copies all elements of an array that {@link Tensor#newStorage} gives. */
    public static void write(Object elements, MemorySegment to) {
        switch (elements) {
            case float[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_FLOAT, 0, a.length);
            case double[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_DOUBLE, 0, a.length);
            case long[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_LONG, 0, a.length);
            case int[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_INT, 0, a.length);
            case short[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_SHORT, 0, a.length);
            case byte[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_BYTE, 0, a.length);
            case boolean[] a -> {
                for (int i = 0; i < a.length; i++) {
                    to.set(ValueLayout.JAVA_BYTE, i, (byte) (a[i] ? 1 : 0));
                }
            }
            default -> throw new AssertionError(elements.getClass());
        }
    }

    /** A tensor of the elements that a segment is full of. */
    public static Tensor read(DType dtype, long[] shape, MemorySegment from) {
        Tensor tensor = Tensor.zeros(dtype, shape);
        switch (tensor.storage()) {
            case float[] a -> MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 0, a, 0, a.length);
            case double[] a -> MemorySegment.copy(from, ValueLayout.JAVA_DOUBLE, 0, a, 0, a.length);
            case long[] a -> MemorySegment.copy(from, ValueLayout.JAVA_LONG, 0, a, 0, a.length);
            case int[] a -> MemorySegment.copy(from, ValueLayout.JAVA_INT, 0, a, 0, a.length);
            case boolean[] a -> {
                for (int i = 0; i < a.length; i++) {
                    a[i] = from.get(ValueLayout.JAVA_BYTE, i) != 0;
                }
            }
            default -> throw new AssertionError(tensor.storage().getClass());
        }
        return tensor;
    }
}
