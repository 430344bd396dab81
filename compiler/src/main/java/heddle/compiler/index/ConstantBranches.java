package heddle.compiler.index;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;
import heddle.compiler.scalar.ScalarExpr.Literal;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/**
 * A value that is one number where a condition holds, and another one elsewhere. Functions of such values are, too: masks that are
 * written as numbers become conditions again.
 *
 * <pre>
 * where(c, 1, 0) == 0                        → not c
 * log(cast(c, f32))                          → where(c, 0, -inf)
 * min(where(a, 0, -inf), where(b, 0, -inf))  → where(a and b, 0, -inf)
 * </pre>
 *
 * Numbers are computed here only where every type has them exactly: whole numbers that are not large, and infinities.
 */
record ConstantBranches(ScalarExpr condition, double whenTrue, double whenFalse) {
    /** Whole numbers up to this are exact in every type. */
    private static final double MOST = 256;

    /** A truth value counts as one or zero where it is cast to a number. */
    private static Optional<ConstantBranches> of(ScalarExpr e) {
        if (!(e instanceof Apply a)) {
            return Optional.empty();
        }
        if (a.fn() == ScalarFn.CAST && a.args().getFirst().type() == DType.BOOL && a.type() != DType.BOOL) {
            return Optional.of(new ConstantBranches(a.args().getFirst(), 1, 0));
        }
        if (a.fn() != ScalarFn.SELECT) {
            return Optional.empty();
        }
        OptionalDouble first = number(a.args().get(1));
        OptionalDouble second = number(a.args().get(2));
        return first.isPresent() && second.isPresent()
                ? Optional.of(new ConstantBranches(a.args().getFirst(), first.getAsDouble(), second.getAsDouble()))
                : Optional.empty();
    }

    private static OptionalDouble number(ScalarExpr e) {
        return switch (e) {
            case Literal l -> OptionalDouble.of(l.value());
            case IntLiteral i -> OptionalDouble.of(i.value());
            default -> OptionalDouble.empty();
        };
    }

    /** The same value as one or two such branches, when a function of them is one. @param args simplified */
    static Optional<ScalarExpr> folded(Apply a, List<ScalarExpr> args) {
        return switch (a.fn()) {
            case SELECT -> a.type() == DType.BOOL ? of(a.with(args)).flatMap(b -> b.as(a.type())) : nested(a, args);
            case CAST ->
                of(args.getFirst())
                        .filter(b -> args.getFirst().type() != DType.BOOL)
                        .flatMap(b ->
                                b.mapped(x -> ScalarMath.cast(args.getFirst().type(), a.type(), x), a.type()));
            case NOT, DRAW -> Optional.empty();
            default ->
                args.size() == 1 ? alone(a, args.getFirst()) : args.size() == 2 ? both(a, args) : Optional.empty();
        };
    }

    /** A function of both numbers. @param type of its results */
    private Optional<ScalarExpr> mapped(DoubleUnaryOperator fn, DType type) {
        return new ConstantBranches(condition, fn.applyAsDouble(whenTrue), fn.applyAsDouble(whenFalse)).as(type);
    }

    private static Optional<ScalarExpr> alone(Apply a, ScalarExpr x) {
        return of(x).flatMap(b -> b.mapped(n -> value(a, x, n, 0), a.type()));
    }

    private static double value(Apply a, ScalarExpr operand, double x, double y) {
        return ScalarMath.apply(a.fn(), operand.type(), x, y, 0);
    }

    private static Optional<ScalarExpr> both(Apply a, List<ScalarExpr> args) {
        ScalarExpr x = args.getFirst();
        ScalarExpr y = args.getLast();
        OptionalDouble left = number(x);
        OptionalDouble right = number(y);
        if (right.isPresent()) {
            return of(x).flatMap(b -> b.mapped(n -> value(a, x, n, right.getAsDouble()), a.type()));
        }
        if (left.isPresent()) {
            return of(y).flatMap(b -> b.mapped(n -> value(a, y, left.getAsDouble(), n), a.type()));
        }
        return of(x).flatMap(p -> of(y).flatMap(q -> joined(a, x, p, q)));
    }

    /** Where three of the four cases are alike, one condition tells them from the fourth. */
    private static Optional<ScalarExpr> joined(Apply a, ScalarExpr operand, ConstantBranches p, ConstantBranches q) {
        double tt = value(a, operand, p.whenTrue, q.whenTrue);
        double tf = value(a, operand, p.whenTrue, q.whenFalse);
        double ft = value(a, operand, p.whenFalse, q.whenTrue);
        double ff = value(a, operand, p.whenFalse, q.whenFalse);
        if (isSame(tf, ft) && isSame(ft, ff)) {
            return new ConstantBranches(ScalarExpr.apply(ScalarFn.AND, p.condition, q.condition), tt, ff).as(a.type());
        }
        return isSame(tt, tf) && isSame(tf, ft)
                ? new ConstantBranches(ScalarExpr.apply(ScalarFn.OR, p.condition, q.condition), tt, ff).as(a.type())
                : Optional.empty();
    }

    /** One of such a value and a number that it has anyway. */
    private static Optional<ScalarExpr> nested(Apply a, List<ScalarExpr> args) {
        ScalarExpr here = args.getFirst();
        OptionalDouble whenTrue = number(args.get(1));
        OptionalDouble whenFalse = number(args.get(2));
        if (whenFalse.isPresent()) {
            return of(args.get(1)).flatMap(b -> b.within(here, whenFalse.getAsDouble(), a.type()));
        }
        return whenTrue.isPresent()
                ? of(args.get(2)).flatMap(b -> b.within(negated(here), whenTrue.getAsDouble(), a.type()))
                : Optional.empty();
    }

    /** This value where {@code here} holds, and elsewhere a number. */
    private Optional<ScalarExpr> within(ScalarExpr here, double elsewhere, DType type) {
        if (isSame(elsewhere, whenFalse)) {
            return new ConstantBranches(ScalarExpr.apply(ScalarFn.AND, here, condition), whenTrue, whenFalse).as(type);
        }
        return isSame(elsewhere, whenTrue)
                ? new ConstantBranches(ScalarExpr.apply(ScalarFn.OR, negated(here), condition), whenTrue, whenFalse)
                        .as(type)
                : Optional.empty();
    }

    /** The value as an expression; empty where a number would have to be rounded. */
    private Optional<ScalarExpr> as(DType type) {
        if (!isExact(whenTrue) || !isExact(whenFalse)) {
            return Optional.empty();
        }
        if (isSame(whenTrue, whenFalse)) {
            return Optional.of(literal(type, whenTrue));
        }
        if (type == DType.BOOL) {
            return Optional.of(whenTrue != 0 ? condition : negated(condition));
        }
        return Optional.of(
                ScalarExpr.apply(ScalarFn.SELECT, condition, literal(type, whenTrue), literal(type, whenFalse)));
    }

    /** Zeros have signs. */
    private static boolean isSame(double a, double b) {
        return Double.compare(a, b) == 0;
    }

    private static boolean isExact(double x) {
        return Double.isInfinite(x) || x == Math.rint(x) && Math.abs(x) <= MOST;
    }

    private static ScalarExpr literal(DType type, double value) {
        return type.isInt() ? new IntLiteral(type, (long) value) : new Literal(type, value);
    }

    private static ScalarExpr negated(ScalarExpr condition) {
        return condition instanceof Apply a && a.fn() == ScalarFn.NOT
                ? a.args().getFirst()
                : ScalarExpr.apply(ScalarFn.NOT, condition);
    }
}
