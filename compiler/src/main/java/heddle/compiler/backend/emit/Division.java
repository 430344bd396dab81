package heddle.compiler.backend.emit;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;

/** Signs of integer quotients and remainders, as far as they are known. Their meaning in Java depends on the signs. */
public final class Division {
    private Division() {}

    /** Whether the divisor of a quotient or remainder is known to be positive. */
    public static boolean hasPositiveDivisor(Apply e) {
        return isPositive(e.args().getLast());
    }

    /** Whether Java's operators round a quotient down as they are: nothing is negative. */
    public static boolean roundsDown(Apply e) {
        return hasPositiveDivisor(e) && isNonNegative(e.args().getFirst());
    }

    private static boolean isPositive(ScalarExpr e) {
        return e instanceof IntLiteral i && i.value() > 0;
    }

    /** Indexes, lengths, and what sums and products make of them. */
    private static boolean isNonNegative(ScalarExpr e) {
        return switch (e) {
            case IntLiteral i -> i.value() >= 0;
            case ScalarExpr.Index i -> true;
            case ScalarExpr.Length l -> true;
            case Apply a ->
                switch (a.fn()) {
                    case ADD, MUL, FLOOR_DIV, MIN -> a.args().stream().allMatch(Division::isNonNegative);
                    case MOD -> isPositive(a.args().getLast());
                    case MAX -> a.args().stream().anyMatch(Division::isNonNegative);
                    default -> false;
                };
            default -> false;
        };
    }
}
