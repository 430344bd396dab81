package heddle.runtime.tensor;

/** The sixteen-bit float with eight bits of exponent: the upper half of an {@code f32}. */
public final class Bfloat16 {
    private Bfloat16() {}

    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bfloat16, halves to even; NaN stays NaN. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40); // keep it quiet, or the payload could round away to infinity
        }
        int roundUp = 0x7fff + (bits >>> 16 & 1);
        return (short) (bits + roundUp >>> 16);
    }
}
