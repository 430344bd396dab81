package heddle.runtime.tensor;

import heddle.compiler.type.Stored;
import java.lang.reflect.Array;

/** Converts between arrays of values and those of packed buffers, which hold them in shorts and bytes. */
public final class StoredArray {
    private StoredArray() {}

    /**
     * The elements of a tensor as a buffer holds them: the tensor's own array where it holds them so, or a copy.
     *
     * @param stored a form that has every value of the tensor exactly
     */
    public static Object of(Tensor tensor, Stored stored) {
        if (stored == tensor.stored()) {
            return tensor.held();
        }
        return stored.isPacked() ? packed(tensor.floats(), stored) : tensor.storage();
    }

    /**
     * Values in a packed form.
     *
     * @throws IllegalArgumentException when one is none of the whole numbers that the form has
     */
    public static Object packed(float[] values, Stored stored) {
        Object packed = Tensor.newStorage(stored, values.length);
        for (int i = 0; i < values.length; i++) {
            switch (stored) {
                case F16 -> ((short[]) packed)[i] = Float.floatToFloat16(values[i]);
                case BF16 -> ((short[]) packed)[i] = Bfloat16.fromFloat(values[i]);
                default -> set((byte[]) packed, stored, i, whole(values[i], stored));
            }
        }
        return packed;
    }

    private static int whole(float value, Stored stored) {
        int limit = stored == Stored.I8 ? 128 : 8;
        if (value != (int) value || value < -limit || value >= limit) {
            throw new IllegalArgumentException("the number " + value + " is not a whole one that " + stored.text()
                    + " has, from " + -limit + " to " + (limit - 1));
        }
        return (int) value;
    }

    private static void set(byte[] packed, Stored stored, int index, int value) {
        if (stored == Stored.I8) {
            packed[index] = (byte) value;
        } else {
            int shift = index % 2 * 4;
            packed[index / 2] |= (byte) ((value & 15) << shift);
        }
    }

    /** The floats that packed elements are, from {@code first} on. */
    public static float[] widened(Object packed, Stored stored, int first, int elements) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = element(packed, stored, first + i);
        }
        return values;
    }

    /** One of the floats that packed elements are. */
    public static float element(Object packed, Stored stored, int index) {
        return switch (stored) {
            case F16 -> Float.float16ToFloat(((short[]) packed)[index]);
            case BF16 -> Bfloat16.toFloat(((short[]) packed)[index]);
            case I8 -> ((byte[]) packed)[index];
            case I4 -> ((byte[]) packed)[index / 2] << 28 - index % 2 * 4 >> 28;
            default -> throw new IllegalArgumentException(stored + " is not packed");
        };
    }

    /** How many elements an array that {@link Tensor#newStorage(Stored, int)} gives has for some number of values. */
    static int length(Stored stored, int elements) {
        return stored == Stored.I4 ? Math.ceilDiv(elements, 2) : elements;
    }

    /** Whether an array is of the kind and the length for some values. */
    static boolean fits(Object array, Stored stored, long elements) {
        return array.getClass() == Tensor.newStorage(stored, 0).getClass()
                && Array.getLength(array) == length(stored, Math.toIntExact(elements));
    }
}
