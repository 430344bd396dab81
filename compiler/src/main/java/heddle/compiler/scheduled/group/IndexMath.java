package heddle.compiler.scheduled.group;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scheduled.Action;
import java.util.List;
import java.util.Optional;

/** Indexes made of others: {@code i64} programs without terms of zero and factors of one. */
final class IndexMath {
    static final ScalarExpr ZERO = ScalarExpr.of(0);

    private IndexMath() {}

    static ScalarExpr plus(ScalarExpr a, ScalarExpr b) {
        if (a instanceof IntLiteral x && b instanceof IntLiteral y) {
            return ScalarExpr.of(x.value() + y.value());
        }
        return isLiteral(a, 0) ? b : isLiteral(b, 0) ? a : ScalarExpr.apply(ScalarFn.ADD, a, b);
    }

    static ScalarExpr times(ScalarExpr a, long factor) {
        if (a instanceof IntLiteral x) {
            return ScalarExpr.of(x.value() * factor);
        }
        return factor == 1 ? a : ScalarExpr.apply(ScalarFn.MUL, a, ScalarExpr.of(factor));
    }

    static ScalarExpr quotient(ScalarExpr a, ScalarExpr b) {
        return isLiteral(b, 1) ? a : ScalarExpr.apply(ScalarFn.FLOOR_DIV, a, b);
    }

    static ScalarExpr remainder(ScalarExpr a, ScalarExpr b) {
        return isLiteral(b, 1) ? ZERO : ScalarExpr.apply(ScalarFn.MOD, a, b);
    }

    static ScalarExpr least(ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.MIN, a, b);
    }

    static ScalarExpr isBelow(ScalarExpr a, ScalarExpr end) {
        return ScalarExpr.apply(ScalarFn.LT, a, end);
    }

    static ScalarExpr isZero(ScalarExpr a) {
        return ScalarExpr.apply(ScalarFn.EQ, a, ZERO);
    }

    /** All conditions at once; empty when there are none. */
    static Optional<ScalarExpr> all(List<ScalarExpr> conditions) {
        return conditions.stream().reduce((a, b) -> ScalarExpr.apply(ScalarFn.AND, a, b));
    }

    /** Actions under those conditions that there are. */
    static List<Action> where(List<ScalarExpr> conditions, List<Action> actions) {
        return all(conditions)
                .map(condition -> List.<Action>of(new Action.When(condition, actions)))
                .orElse(actions);
    }

    private static boolean isLiteral(ScalarExpr e, long value) {
        return e instanceof IntLiteral i && i.value() == value;
    }
}
