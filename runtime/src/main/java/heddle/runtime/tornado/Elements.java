package heddle.runtime.tornado;

import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Tensors in off-heap memory, as generated classes for TornadoVM take them. Bools are bytes. */
public final class Elements {
    private Elements() {}

    /** Bytes of an element; sixteen-bit floats are held as floats. */
    public static int bytes(DType dtype) {
        return Math.toIntExact(Stored.of(dtype).bytes(1));
    }

    /** Copies all elements of a tensor. */
    public static void write(Tensor tensor, MemorySegment to) {
        switch (tensor.storage()) {
            case float[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_FLOAT, 0, a.length);
            case double[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_DOUBLE, 0, a.length);
            case long[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_LONG, 0, a.length);
            case int[] a -> MemorySegment.copy(a, 0, to, ValueLayout.JAVA_INT, 0, a.length);
            case boolean[] a -> {
                for (int i = 0; i < a.length; i++) {
                    to.set(ValueLayout.JAVA_BYTE, i, (byte) (a[i] ? 1 : 0));
                }
            }
            default -> throw new AssertionError(tensor.storage().getClass());
        }
    }

    /** A tensor of the elements that a segment is full of. */
    public static Tensor read(DType dtype, long[] shape, MemorySegment from) {
        Object storage = Tensor.newStorage(dtype, Math.toIntExact(from.byteSize() / bytes(dtype)));
        switch (storage) {
            case float[] a -> MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 0, a, 0, a.length);
            case double[] a -> MemorySegment.copy(from, ValueLayout.JAVA_DOUBLE, 0, a, 0, a.length);
            case long[] a -> MemorySegment.copy(from, ValueLayout.JAVA_LONG, 0, a, 0, a.length);
            case int[] a -> MemorySegment.copy(from, ValueLayout.JAVA_INT, 0, a, 0, a.length);
            case boolean[] a -> {
                for (int i = 0; i < a.length; i++) {
                    a[i] = from.get(ValueLayout.JAVA_BYTE, i) != 0;
                }
            }
            default -> throw new AssertionError(storage.getClass());
        }
        return Tensor.wrap(dtype, shape, storage);
    }
}
