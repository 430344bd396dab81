package heddle.compiler.rewrite;

import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarExprs;
import heddle.compiler.tile.ScalarFn;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A program as something multiplied: {@code x * 0.125} is the core {@code x} and the factor {@code * 0.125}.
 *
 * @param core  what is left without the factors
 * @param apply puts the factors on something else in the core's place
 */
record Factor(ScalarExpr core, UnaryOperator<ScalarExpr> apply) {
    /**
     * Takes off factors that are {@code free} to be moved, from the outside in.
     *
     * @return the rest and the factors; the whole program as its own core when there are none
     */
    static Factor of(ScalarExpr e, Predicate<ScalarExpr> free) {
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
        return new Factor(e, x -> x);
    }

    private static Factor under(ScalarExpr e, Predicate<ScalarExpr> free, UnaryOperator<ScalarExpr> outer) {
        Factor inner = of(e, free);
        return new Factor(inner.core, x -> outer.apply(inner.apply.apply(x)));
    }

    /**
     * What {@code variable} is multiplied with in a program that is proportional to it, or empty when the program is
     * not: it keeps zero at zero, so that what softmax gave stays normalised by its own sum.
     */
    static Optional<ScalarExpr> proportional(ScalarExpr e, ScalarExpr.Variable variable, ScalarExpr one) {
        if (e.equals(variable)) {
            return Optional.of(one);
        }
        if (e instanceof ScalarExpr.Literal l && l.value() == 0) {
            return Optional.of(new ScalarExpr.Literal(one.type(), 0));
        }
        if (!(e instanceof ScalarExpr.Apply a)) {
            return Optional.empty();
        }
        ScalarExpr first = a.args().getFirst();
        ScalarExpr last = a.args().getLast();
        return switch (a.fn()) {
            case CAST ->
                a.type().isFloat() && first.type().isFloat() ? proportional(first, variable, one) : Optional.empty();
            case NEG -> proportional(first, variable, one).map(w -> ScalarExpr.apply(ScalarFn.NEG, w));
            case MUL ->
                ScalarExprs.contains(last, variable)
                        ? times(proportional(last, variable, one), first, variable, one)
                        : times(proportional(first, variable, one), last, variable, one);
            case DIV ->
                ScalarExprs.contains(last, variable)
                        ? Optional.empty()
                        : proportional(first, variable, one)
                                .map(w -> ScalarExpr.apply(ScalarFn.DIV, w, ScalarExpr.cast(one.type(), last)));
            case SELECT -> selected(a, variable, one);
            default -> Optional.empty();
        };
    }

    private static Optional<ScalarExpr> times(
            Optional<ScalarExpr> weight, ScalarExpr factor, ScalarExpr.Variable variable, ScalarExpr one) {
        if (ScalarExprs.contains(factor, variable)) {
            return Optional.empty();
        }
        ScalarExpr wide = ScalarExpr.cast(one.type(), factor);
        return weight.map(w -> w.equals(one) ? wide : ScalarExpr.apply(ScalarFn.MUL, w, wide));
    }

    private static Optional<ScalarExpr> selected(ScalarExpr.Apply a, ScalarExpr.Variable variable, ScalarExpr one) {
        ScalarExpr condition = a.args().getFirst();
        if (ScalarExprs.contains(condition, variable)) {
            return Optional.empty();
        }
        Optional<ScalarExpr> yes = proportional(a.args().get(1), variable, one);
        Optional<ScalarExpr> no = proportional(a.args().get(2), variable, one);
        return yes.flatMap(y -> no.map(n -> ScalarExpr.apply(ScalarFn.SELECT, condition, y, n)));
    }
}
