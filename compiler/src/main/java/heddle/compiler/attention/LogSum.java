package heddle.compiler.attention;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import java.util.Optional;

/** The logarithm of a sum of exponentials, as a scalar program. */
final class LogSum {
    private LogSum() {}

    /** Shifted by the greatest exponent, so that it does not overflow; minus infinity when all of them are. */
    static Optional<ScalarExpr> of(List<ScalarExpr> exponents) {
        return exponents.stream().reduce((a, b) -> apply(ScalarFn.MAX, a, b)).map(greatest -> {
            if (exponents.size() == 1) {
                return greatest;
            }
            ScalarExpr sum = exponents.stream()
                    .map(x -> apply(ScalarFn.EXP, apply(ScalarFn.SUB, x, greatest)))
                    .reduce((a, b) -> apply(ScalarFn.ADD, a, b))
                    .orElseThrow();
            ScalarExpr nothing = new ScalarExpr.Literal(greatest.type(), Double.NEGATIVE_INFINITY);
            ScalarExpr shifted = apply(ScalarFn.ADD, greatest, apply(ScalarFn.LOG, sum));
            return apply(ScalarFn.SELECT, apply(ScalarFn.EQ, greatest, nothing), nothing, shifted);
        });
    }

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }
}
