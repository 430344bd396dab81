package heddle.compiler.scalar;

import heddle.compiler.type.DType;

/** How exactly an interpreter computes. Integers and bools are the same in both ways. */
public enum Rounding {
    /** In double precision; nothing is rounded to the type it is written in, but by casts. */
    REAL,
    /** Each function is rounded to its type. Values of sixteen bits are held as f32; casts and stores round them. */
    TYPED;

    /** The result of a function of type {@code type}. */
    public double of(DType type, double value) {
        return this == TYPED && type.isFloat() && type != DType.F64 ? (float) value : value;
    }
}
