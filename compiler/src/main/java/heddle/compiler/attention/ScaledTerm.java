package heddle.compiler.attention;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A program split into a core and a factor: {@code x * 0.125} has the core {@code x} and the factor {@code * 0.125}.
 *
 * @param core  the program without the factors
 * @param apply applies the factors to another core
 */
record ScaledTerm(ScalarExpr core, UnaryOperator<ScalarExpr> apply) {
    /**
     * Takes off factors that are {@code free} to be moved, from the outside in.
     *
     * @return the rest and the factors; the whole program as its own core when there are none
     */
    static ScaledTerm of(ScalarExpr e, Predicate<ScalarExpr> free) {
        if (e instanceof ScalarExpr.Apply a) {
            ScalarExpr first = a.args().getFirst();
            ScalarExpr last = a.args().getLast();
            if (a.fn() == ScalarFn.NEG) {
                return under(first, free, x -> ScalarExpr.apply(ScalarFn.NEG, x));
            }
            if ((a.fn() == ScalarFn.MUL || a.fn() == ScalarFn.DIV) && free.test(last)) {
                return under(first, free, x -> ScalarExpr.apply(a.fn(), x, last));
            }
            if (a.fn() == ScalarFn.MUL && free.test(first)) {
                return under(last, free, x -> ScalarExpr.apply(ScalarFn.MUL, x, first));
            }
        }
        return new ScaledTerm(e, x -> x);
    }

    private static ScaledTerm under(ScalarExpr e, Predicate<ScalarExpr> free, UnaryOperator<ScalarExpr> outer) {
        ScaledTerm inner = of(e, free);
        return new ScaledTerm(inner.core, x -> outer.apply(inner.apply.apply(x)));
    }
}
