package heddle.compiler.scalar;

/** How much work a scalar function is. What that costs depends on who asks: time in registers, time again, or code. */
public enum Effort {
    /** One instruction or few. */
    SIMPLE,
    /** To a whole number: one instruction for one number, many for a vector. */
    ROUNDING,
    /** One instruction that takes as long as several. */
    DIVISION,
    /** A dozen instructions or more. */
    TRANSCENDENTAL;

    public static Effort of(ScalarFn fn) {
        return switch (fn) {
            case EXP, EXP_NONPOSITIVE, LOG, TANH, ERF, SIGMOID, SIN, COS, POW -> TRANSCENDENTAL;
            case DIV, SQRT, RSQRT, FLOOR_DIV, MOD -> DIVISION;
            case FLOOR, CEIL, ROUND -> ROUNDING;
            default -> SIMPLE;
        };
    }
}
