package heddle.api;

import heddle.compiler.type.DType;

/**
 * What a tensor holds.
 *
 * @since 0.2
 */
public enum ElementType {
    /** Floats of 32 bits. */
    F32,
    /** Floats of 16 bits, five of them exponent. */
    F16,
    /** Floats of 16 bits, eight of them exponent. */
    BF16,
    /** Floats of 64 bits. */
    F64,
    /** Integers of 64 bits. */
    I64,
    /** Integers of 32 bits. */
    I32,
    /** True or false. */
    BOOL;

    static ElementType of(DType type) {
        return valueOf(type.name());
    }
}
