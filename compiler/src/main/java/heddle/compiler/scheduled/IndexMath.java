package heddle.compiler.scheduled;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import java.util.Optional;

/** Indexes made of others: {@code i64} programs without terms of zero and factors of one. */
public final class IndexMath {
    public static final ScalarExpr ZERO = ScalarExpr.of(0);

    private IndexMath() {}

    public static ScalarExpr plus(ScalarExpr a, ScalarExpr b) {
        if (a instanceof IntLiteral x && b instanceof IntLiteral y) {
            return ScalarExpr.of(x.value() + y.value());
        }
        return isLiteral(a, 0) ? b : isLiteral(b, 0) ? a : ScalarExpr.apply(ScalarFn.ADD, a, b);
    }

    public static ScalarExpr times(ScalarExpr a, long factor) {
        if (a instanceof IntLiteral x) {
            return ScalarExpr.of(x.value() * factor);
        }
        return factor == 1 ? a : ScalarExpr.apply(ScalarFn.MUL, a, ScalarExpr.of(factor));
    }

    public static ScalarExpr quotient(ScalarExpr a, ScalarExpr b) {
        return isLiteral(b, 1) ? a : ScalarExpr.apply(ScalarFn.FLOOR_DIV, a, b);
    }

    public static ScalarExpr remainder(ScalarExpr a, ScalarExpr b) {
        return isLiteral(b, 1) ? ZERO : ScalarExpr.apply(ScalarFn.MOD, a, b);
    }

    public static ScalarExpr least(ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.MIN, a, b);
    }

    public static ScalarExpr isBelow(ScalarExpr a, ScalarExpr end) {
        return ScalarExpr.apply(ScalarFn.LT, a, end);
    }

    public static ScalarExpr isZero(ScalarExpr a) {
        return ScalarExpr.apply(ScalarFn.EQ, a, ZERO);
    }

    /** All conditions at once; empty when there are none. */
    public static Optional<ScalarExpr> all(List<ScalarExpr> conditions) {
        return conditions.stream().reduce((a, b) -> ScalarExpr.apply(ScalarFn.AND, a, b));
    }

    /** Actions under those conditions that there are. */
    public static List<Action> where(List<ScalarExpr> conditions, List<Action> actions) {
        return all(conditions)
                .map(condition -> List.<Action>of(new Action.When(condition, actions)))
                .orElse(actions);
    }

    private static boolean isLiteral(ScalarExpr e, long value) {
        return e instanceof IntLiteral i && i.value() == value;
    }
}
