package heddle.compiler.attention;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;

/**
 * Masks that add the lowest float, as exporters write them. A sum with it is the lowest float, but for terms next to the largest float,
 * infinities and NaN. Written as a choice, it hides those, too, and need not be computed.
 *
 * <pre>
 * s + where(c, x, lowest)  → where(c, s + x, lowest)
 * </pre>
 */
final class LowestFill {
    private static final ScalarExpr LOWEST = new ScalarExpr.Literal(DType.F32, -Float.MAX_VALUE);

    /** How many choices one within another are looked into. */
    private static final int DEEP = 8;

    private LowestFill() {}

    /** The program of a score with such a mask as a choice. */
    static ScalarExpr chosen(ScalarExpr score) {
        if (!(score instanceof Apply sum) || sum.fn() != ScalarFn.ADD) {
            return score;
        }
        ScalarExpr first = sum.args().getFirst();
        ScalarExpr last = sum.args().getLast();
        if (isMask(last, DEEP)) {
            return plus(first, last);
        }
        return isMask(first, DEEP) ? plus(last, first) : score;
    }

    /** Whether a term chooses the lowest float by conditions that do not read scores. */
    private static boolean isMask(ScalarExpr term, int deep) {
        return term instanceof Apply a
                && a.fn() == ScalarFn.SELECT
                && deep > 0
                && !ScalarExprs.any(a.args().getFirst(), e -> e instanceof ScalarExpr.Variable)
                && a.args().subList(1, 3).stream().anyMatch(arm -> arm.equals(LOWEST) || isMask(arm, deep - 1));
    }

    private static ScalarExpr plus(ScalarExpr score, ScalarExpr term) {
        if (term.equals(LOWEST) || ScalarExprs.isZero(term)) {
            return term.equals(LOWEST) ? term : score;
        }
        if (!isMask(term, DEEP)) {
            return ScalarExpr.apply(ScalarFn.ADD, score, term);
        }
        List<ScalarExpr> args = ((Apply) term).args();
        return ScalarExpr.apply(ScalarFn.SELECT, args.getFirst(), plus(score, args.get(1)), plus(score, args.get(2)));
    }
}
