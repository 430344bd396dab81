package heddle.compiler.index;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Optional;

/**
 * Decides comparisons of indices where the ranges of the axes allow it, and drops branches that can then never be
 * chosen.
 */
final class PredicateSimplifier {
    private static final ScalarExpr TRUE = new ScalarExpr.Literal(DType.BOOL, 1);
    private static final ScalarExpr FALSE = new ScalarExpr.Literal(DType.BOOL, 0);

    private PredicateSimplifier() {}

    static ScalarExpr simplify(ScalarExpr.Apply a) {
        List<ScalarExpr> args = a.args().stream().map(IndexSimplifier::simplify).toList();
        return ConstantBranches.folded(a, args).orElseGet(() -> simplify(a, args));
    }

    private static ScalarExpr simplify(ScalarExpr.Apply a, List<ScalarExpr> args) {
        ScalarExpr first = args.getFirst();
        return switch (a.fn()) {
            case LT, LE, GT, GE, EQ, NE -> compared(a.fn(), args).orElseGet(() -> a.with(args));
            case SELECT -> isTrue(first) ? args.get(1) : isFalse(first) ? args.get(2) : a.with(args);
            case AND -> and(a, first, args.get(1));
            case OR -> or(a, first, args.get(1));
            case NOT -> not(a.with(args), first);
            case CAST -> a.type() == first.type() ? first : a.with(args);
            default -> a.with(args);
        };
    }

    private static ScalarExpr and(ScalarExpr.Apply a, ScalarExpr x, ScalarExpr y) {
        if (isFalse(x) || isFalse(y)) {
            return FALSE;
        }
        return isTrue(x) ? y : isTrue(y) ? x : a.with(List.of(x, y));
    }

    private static ScalarExpr or(ScalarExpr.Apply a, ScalarExpr x, ScalarExpr y) {
        if (isTrue(x) || isTrue(y)) {
            return TRUE;
        }
        return isFalse(x) ? y : isFalse(y) ? x : a.with(List.of(x, y));
    }

    private static ScalarExpr not(ScalarExpr a, ScalarExpr x) {
        if (x instanceof ScalarExpr.Apply inner && inner.fn() == ScalarFn.NOT) {
            return inner.args().getFirst();
        }
        return isTrue(x) ? FALSE : isFalse(x) ? TRUE : a;
    }

    private static boolean isTrue(ScalarExpr e) {
        return e.equals(TRUE);
    }

    private static boolean isFalse(ScalarExpr e) {
        return e.equals(FALSE);
    }

    private static Optional<ScalarExpr> compared(ScalarFn fn, List<ScalarExpr> args) {
        if (args.getFirst().type() != DType.I64) {
            return Optional.empty();
        }
        try {
            return compared(fn, IndexSimplifier.form(args.get(0)), IndexSimplifier.form(args.get(1)));
        } catch (ArithmeticException overflow) {
            return Optional.empty(); // The sides are further apart than 64 bits can tell.
        }
    }

    private static Optional<ScalarExpr> compared(ScalarFn fn, LinearForm x, LinearForm y) {
        return switch (fn) {
            case LT -> decided(less(x, y), atLeast(x, y));
            case LE -> decided(atLeast(y, x), less(y, x));
            case GT -> decided(less(y, x), atLeast(y, x));
            case GE -> decided(atLeast(x, y), less(x, y));
            case EQ -> decided(x.equals(y), less(x, y) || less(y, x));
            default -> decided(less(x, y) || less(y, x), x.equals(y));
        };
    }

    private static Optional<ScalarExpr> decided(boolean isTrue, boolean isFalse) {
        return isTrue ? Optional.of(TRUE) : isFalse ? Optional.of(FALSE) : Optional.empty();
    }

    private static boolean less(LinearForm x, LinearForm y) {
        return IndexBounds.isNonNegative(y.minus(x).plus(LinearForm.of(Dim.of(-1))));
    }

    private static boolean atLeast(LinearForm x, LinearForm y) {
        return IndexBounds.isNonNegative(x.minus(y));
    }
}
