package heddle.compiler.type;

import java.util.Locale;

/**
 * What a buffer holds for each element. It is apart from the type of the value: loads convert, stores round. A buffer of
 * sixteen-bit floats holds them as {@code f32}, unless it is said to be {@linkplain #packed packed}.
 */
public enum Stored {
    F32(32),
    F64(64),
    I64(64),
    I32(32),
    /** One byte, 0 or 1. */
    BOOL(8),
    /** The bits of an IEEE binary16. */
    F16(16),
    /** The upper half of the bits of an {@code f32}. */
    BF16(16),
    /** A whole number from -128 to 127. */
    I8(8),
    /** A whole number from -8 to 7. A byte holds two neighbours, the first in its lower four bits. */
    I4(4);

    private final int bits;

    Stored(int bits) {
        this.bits = bits;
    }

    /** How elements of {@code type} are held where nothing else is said: as they are computed. */
    public static Stored of(DType type) {
        return packed(Precision.computed(type));
    }

    /** How elements of {@code type} are held in as few bytes as they need. */
    public static Stored packed(DType type) {
        return switch (type) {
            case F32 -> F32;
            case F64 -> F64;
            case F16 -> F16;
            case BF16 -> BF16;
            case I32 -> I32;
            case I64 -> I64;
            case BOOL -> BOOL;
        };
    }

    /** Whether a load converts what is held to the type that it is computed in. */
    public boolean isPacked() {
        return this == F16 || this == BF16 || isQuantised();
    }

    /** Whether whole numbers are held for floats, which scales may belong to. */
    public boolean isQuantised() {
        return this == I8 || this == I4;
    }

    /** Whether few instructions make a vector of so many floats of packed elements. The Vector API has no vectors of four bytes. */
    public boolean hasLanes(int lanes) {
        return this == BF16 || isQuantised() && lanes > 4;
    }

    /** The bytes of some elements; half a byte counts as one. @throws ArithmeticException when 64 bits do not count them */
    public long bytes(long elements) {
        return bits < 8 ? Math.ceilDiv(Math.multiplyExact(elements, bits), 8) : Math.multiplyExact(elements, bits / 8);
    }

    /** The bytes of some elements; half a byte counts as one. */
    public Dim bytes(Dim elements) {
        return bits < 8 ? elements.times(bits).ceilDiv(Dim.of(8)) : elements.times(bits / 8);
    }

    /** The name in the language: {@code i8}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
