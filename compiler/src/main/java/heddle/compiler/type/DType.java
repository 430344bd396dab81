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
