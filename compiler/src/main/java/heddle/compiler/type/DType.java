package heddle.compiler.type;

import java.util.Locale;
import java.util.Optional;

/** The type of a tensor's elements. */
public enum DType {
    F32(4, true),
    F64(8, true),
    F16(2, true),
    BF16(2, true),
    I32(4, false),
    I64(8, false),
    BOOL(1, false);

    private final int bytes;
    private final boolean floating;

    DType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /** Bytes an element takes in a file. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloat() {
        return floating;
    }

    public boolean isInt() {
        return this == I32 || this == I64;
    }

    /**
     * The nearest value this type holds, ties to even. Sixteen-bit floats go through f32, as they do wherever they are
     * computed with; numbers out of an integer's range are clamped to it; a bool is 0 or 1.
     */
    public double nearest(double value) {
        return switch (this) {
            case F64 -> value;
            case F32 -> (float) value;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case BF16 -> toBFloat16((float) value);
            case I32 -> (int) value;
            case I64 -> (long) value;
            case BOOL -> value != 0 ? 1 : 0;
        };
    }

    private static float toBFloat16(float value) {
        if (Float.isNaN(value)) {
            return value;
        }
        int bits = Float.floatToRawIntBits(value);
        int half = 0x7fff + (bits >>> 16 & 1);
        return Float.intBitsToFloat(bits + half & 0xffff0000);
    }

    /** The name in the language: {@code f32}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type with this name in the language. */
    public static Optional<DType> named(String text) {
        for (DType t : values()) {
            if (t.text().equals(text)) {
                return Optional.of(t);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return text();
    }
}
