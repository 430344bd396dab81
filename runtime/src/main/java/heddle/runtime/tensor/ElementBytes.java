package heddle.runtime.tensor;

import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.runtime.file.AtomicFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements as they are stored in files: {@link DType#bytes()} bytes each. A bool is one byte, 0 or not 0. */
public final class ElementBytes {
    private static final int CHUNK = 1 << 16;

    private ElementBytes() {}

    /** The first {@code count} elements in {@code bytes}, in an array of the kind {@link Tensor} holds them in. */
    public static Object decode(DType dtype, MemorySegment bytes, int count, ByteOrder order) {
        Object array = Tensor.newStorage(dtype, count);
        switch (array) {
            case float[] a -> decodeFloats(dtype, bytes, a, order);
            case boolean[] a -> {
                for (int i = 0; i < count; i++) {
                    a[i] = bytes.get(ValueLayout.JAVA_BYTE, i) != 0;
                }
            }
            case double[] a ->
                MemorySegment.copy(bytes, ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order), 0, a, 0, count);
            case long[] a ->
                MemorySegment.copy(bytes, ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), 0, a, 0, count);
            case int[] a -> MemorySegment.copy(bytes, ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), 0, a, 0, count);
            default -> throw new AssertionError(array.getClass());
        }
        return array;
    }

    /** The first {@code count} elements in {@code bytes} as they are held there: see {@link Tensor#packed}. */
    public static Object held(Stored stored, MemorySegment bytes, int count, ByteOrder order) {
        Object array = Tensor.newStorage(stored, count);
        if (array instanceof byte[] a) {
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, a, 0, a.length);
        } else {
            ValueLayout.OfShort layout = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
            MemorySegment.copy(bytes, layout, 0, (short[]) array, 0, count);
        }
        return array;
    }

    private static void decodeFloats(DType dtype, MemorySegment bytes, float[] array, ByteOrder order) {
        if (dtype == DType.F32) {
            MemorySegment.copy(bytes, ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), 0, array, 0, array.length);
            return;
        }
        ValueLayout.OfShort layout = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
        for (int i = 0; i < array.length; i++) {
            short bits = bytes.get(layout, 2L * i);
            array[i] = dtype == DType.F16 ? Float.float16ToFloat(bits) : Bfloat16.toFloat(bits);
        }
    }

    /** Writes all elements of a tensor as they are held, row-major and little-endian. */
    public static void write(Tensor tensor, AtomicFile out) throws IOException {
        if (tensor.held() instanceof byte[] bytes) {
            out.append(ByteBuffer.wrap(bytes));
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int start = 0; start < tensor.size(); start += CHUNK) {
            encode(tensor, start, Math.min(CHUNK, tensor.size() - start), buffer.clear());
            out.append(buffer.flip());
        }
    }

    private static void encode(Tensor tensor, int start, int count, ByteBuffer out) {
        for (int i = start; i < start + count; i++) {
            switch (tensor.held()) {
                case short[] a -> out.putShort(a[i]);
                case float[] a -> {
                    switch (tensor.dtype()) {
                        case F16 -> out.putShort(Float.floatToFloat16(a[i]));
                        case BF16 -> out.putShort(Bfloat16.fromFloat(a[i]));
                        default -> out.putFloat(a[i]);
                    }
                }
                case double[] a -> out.putDouble(a[i]);
                case long[] a -> out.putLong(a[i]);
                case int[] a -> out.putInt(a[i]);
                case boolean[] a -> out.put((byte) (a[i] ? 1 : 0));
                default -> throw new AssertionError(tensor.held().getClass());
            }
        }
    }
}
