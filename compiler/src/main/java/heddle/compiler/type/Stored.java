package heddle.compiler.type;

/**
 * What a buffer holds for each element. It is apart from the type of the value: loads convert, stores round. A buffer of
 * sixteen-bit floats holds them as {@code f32}, unless it is said to be {@linkplain #packed packed}.
 */
public enum Stored {
    F32(4),
    F64(8),
    I64(8),
    I32(4),
    /** One byte, 0 or 1. */
    BOOL(1),
    /** The bits of an IEEE binary16. */
    F16(2),
    /** The upper half of the bits of an {@code f32}. */
    BF16(2);

    private final int bytes;

    Stored(int bytes) {
        this.bytes = bytes;
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
        return this == F16 || this == BF16;
    }

    /** Bytes an element takes. */
    public int bytes() {
        return bytes;
    }
}
