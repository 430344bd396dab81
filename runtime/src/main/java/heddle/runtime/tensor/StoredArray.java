package heddle.runtime.tensor;

import heddle.compiler.type.Stored;

/** Converts between the arrays of tensors and those of packed buffers, which hold sixteen-bit floats in shorts. */
public final class StoredArray {
    private StoredArray() {}

    /**
     * The elements of a tensor as a buffer holds them: the tensor's own array, or a packed copy.
     *
     * @param stored a form that has every value of the tensor exactly
     */
    public static Object of(Tensor tensor, Stored stored) {
        if (!stored.isPacked()) {
            return tensor.storage();
        }
        float[] values = tensor.floats();
        short[] packed = new short[values.length];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = stored == Stored.F16 ? Float.floatToFloat16(values[i]) : Bfloat16.fromFloat(values[i]);
        }
        return packed;
    }

    /** The floats that packed elements are. */
    public static float[] widened(short[] packed, Stored stored) {
        float[] values = new float[packed.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = stored == Stored.F16 ? Float.float16ToFloat(packed[i]) : Bfloat16.toFloat(packed[i]);
        }
        return values;
    }
}
