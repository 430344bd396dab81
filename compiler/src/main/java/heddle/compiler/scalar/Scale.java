package heddle.compiler.scalar;

/**
 * Numbers that scale a matmul. A number of moderate size may be applied to either operand or to the result. The
 * difference shows only for scores that are already near the ends of the range of {@code f32}.
 */
public final class Scale {
    private static final double MOST = 0x1p20;

    private Scale() {}

    /** Whether a number is of the size that scales have, from 2⁻²⁰ to 2²⁰ and of either sign. */
    public static boolean isModerate(double number) {
        return Math.abs(number) >= 1 / MOST && Math.abs(number) <= MOST;
    }

    /** Whether a program is such a number. */
    public static boolean isModerate(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && isModerate(l.value());
    }
}
