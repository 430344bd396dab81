package heddle.compiler.scalar;

import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The derivatives of scalar functions: one table for gradients in graphs, which run backwards, and for score programs, which
 * are differentiated forwards.
 *
 * <p>At a kink the derivative is the mean of both sides, as a central difference has it. Where a literal is the minimum or
 * maximum of a tie, it takes the tie whole: so {@code max(x, 0)} has the derivative zero at zero.
 */
public final class Derivatives {
    private static final double TWO_BY_ROOT_PI = 2 / Math.sqrt(Math.PI);

    private Derivatives() {}

    /**
     * What a change of one argument does to a function's value.
     *
     * @param slot   which argument
     * @param args   all arguments, floats of the type of {@code change}; conditions are bools
     * @param result the function's value for them
     * @param change of the argument; or the gradient by the value, which gives the gradient by the argument
     * @return {@code change} times the derivative, zero where it is zero; empty where the derivative is zero everywhere
     */
    public static Optional<ScalarExpr> times(
            ScalarFn fn, int slot, List<ScalarExpr> args, ScalarExpr result, ScalarExpr change) {
        ScalarExpr a = args.getFirst();
        ScalarExpr b = args.getLast();
        boolean isFirst = slot == 0;
        return switch (fn) {
            case NEG -> Optional.of(apply(ScalarFn.NEG, change));
            case ADD -> Optional.of(change);
            case SUB -> Optional.of(isFirst ? change : apply(ScalarFn.NEG, change));
            case MUL -> Optional.of(product(change, isFirst ? b : a));
            case MUL0 -> Optional.of(product(change, isFirst ? ofAnnihilating(a, b) : a));
            case DIV -> Optional.of(isFirst ? quotient(change, b) : quotient(negative(product(change, result)), b));
            case ABS -> Optional.of(product(change, apply(ScalarFn.SIGN, a)));
            case EXP, EXP_NONPOSITIVE -> Optional.of(product(change, result));
            case LOG -> Optional.of(quotient(change, a));
            case SQRT -> Optional.of(quotient(change, apply(ScalarFn.MUL, number(2, result), result)));
            case RSQRT ->
                Optional.of(product(
                        change, apply(ScalarFn.DIV, negative(result), apply(ScalarFn.MUL, number(2, a), a))));
            case TANH -> Optional.of(product(change, complement(result, apply(ScalarFn.ADD, number(1, a), result))));
            case SIGMOID -> Optional.of(product(change, complement(result, result)));
            case ERF -> {
                ScalarExpr bell = apply(ScalarFn.EXP, negative(apply(ScalarFn.MUL, a, a)));
                yield Optional.of(product(change, apply(ScalarFn.MUL, number(TWO_BY_ROOT_PI, a), bell)));
            }
            case SIN -> Optional.of(product(change, apply(ScalarFn.COS, a)));
            case COS -> Optional.of(product(change, negative(apply(ScalarFn.SIN, a))));
            case MOD -> Optional.of(isFirst ? change : product(change, negative(apply(ScalarFn.FLOOR_DIV, a, b))));
            case POW -> isFirst ? Optional.of(product(change, ofPower(a, b))) : ofExponent(a, b, result, change);
            case MIN -> chosen(ScalarFn.LT, slot, args, change);
            case MAX -> chosen(ScalarFn.GT, slot, args, change);
            case SELECT ->
                switch (slot) {
                    case 0 -> Optional.empty();
                    case 1 -> Optional.of(apply(ScalarFn.SELECT, a, change, number(0, change)));
                    default -> Optional.of(apply(ScalarFn.SELECT, a, number(0, change), change));
                };
            case SIGN, FLOOR, CEIL, ROUND, FLOOR_DIV, STOP_GRADIENT -> Optional.empty();
            case EQ, NE, LT, LE, GT, GE, AND, OR, XOR, NOT, DRAW -> Optional.empty();
            case CAST -> throw new IllegalArgumentException("the gradient of a cast depends on its types");
        };
    }

    /** {@code b}, zero where {@code a} is and hides that {@code b} is infinite or NaN. */
    private static ScalarExpr ofAnnihilating(ScalarExpr a, ScalarExpr b) {
        ScalarExpr isHidden = apply(ScalarFn.NE, apply(ScalarFn.SUB, b, b), number(0, b));
        return zeroWhere(apply(ScalarFn.AND, apply(ScalarFn.EQ, a, number(0, a)), isHidden), b);
    }

    /** {@code (1 - y) * factor}. */
    private static ScalarExpr complement(ScalarExpr y, ScalarExpr factor) {
        return apply(ScalarFn.MUL, apply(ScalarFn.SUB, number(1, y), y), factor);
    }

    /** {@code b * a ** (b - 1)}, zero where b is. */
    private static ScalarExpr ofPower(ScalarExpr a, ScalarExpr b) {
        if (b instanceof ScalarExpr.Literal exponent) {
            double lower = exponent.value() - 1;
            ScalarExpr power = lower == 1 ? a : apply(ScalarFn.POW, a, number(lower, a));
            return exponent.value() == 0 ? b : lower == 0 ? number(1, a) : apply(ScalarFn.MUL, b, power);
        }
        ScalarExpr power = apply(ScalarFn.POW, a, apply(ScalarFn.SUB, b, number(1, b)));
        return zeroWhere(apply(ScalarFn.EQ, b, number(0, b)), apply(ScalarFn.MUL, b, power));
    }

    /** {@code y * log(a)}, zero where a is and the exponent is not negative; NaN where a is negative. */
    private static Optional<ScalarExpr> ofExponent(ScalarExpr a, ScalarExpr b, ScalarExpr y, ScalarExpr change) {
        if (b instanceof ScalarExpr.Literal) {
            return Optional.empty();
        }
        ScalarExpr isFlat =
                apply(ScalarFn.AND, apply(ScalarFn.EQ, a, number(0, a)), apply(ScalarFn.GE, b, number(0, b)));
        ScalarExpr slope = zeroWhere(isFlat, apply(ScalarFn.MUL, y, apply(ScalarFn.LOG, a)));
        return Optional.of(product(change, slope));
    }

    /** All of the change where the argument is the extreme one, half in a tie. */
    private static Optional<ScalarExpr> chosen(ScalarFn before, int slot, List<ScalarExpr> args, ScalarExpr change) {
        ScalarExpr own = args.get(slot);
        ScalarExpr other = args.get(1 - slot);
        if (own instanceof ScalarExpr.Literal) {
            return Optional.empty();
        }
        ScalarExpr none = number(0, change);
        ScalarExpr half = apply(ScalarFn.MUL, change, number(0.5, change));
        ScalarExpr tie = other instanceof ScalarExpr.Literal
                ? none
                : apply(ScalarFn.SELECT, apply(ScalarFn.EQ, own, other), half, none);
        return Optional.of(apply(ScalarFn.SELECT, apply(before, own, other), change, tie));
    }

    private static ScalarExpr zeroWhere(ScalarExpr condition, ScalarExpr value) {
        return apply(ScalarFn.SELECT, condition, number(0, value), value);
    }

    private static ScalarExpr negative(ScalarExpr x) {
        return x instanceof ScalarExpr.Literal l ? number(-l.value(), x) : apply(ScalarFn.NEG, x);
    }

    /** A change times a derivative. */
    private static ScalarExpr product(ScalarExpr change, ScalarExpr derivative) {
        if (isNumber(change, 1)) {
            return derivative;
        }
        if (isNumber(derivative, 1)) {
            return change;
        }
        boolean isFinite = derivative instanceof ScalarExpr.Literal l && Double.isFinite(l.value());
        boolean isNeverZero = change instanceof ScalarExpr.Literal l && l.value() != 0;
        return apply(isFinite || isNeverZero ? ScalarFn.MUL : ScalarFn.MUL0, change, derivative);
    }

    /** A change divided by what is zero at most where the derivative is infinite. */
    private static ScalarExpr quotient(ScalarExpr change, ScalarExpr divisor) {
        boolean isPlain = divisor instanceof ScalarExpr.Literal l && l.value() != 0 && Double.isFinite(l.value());
        return isPlain
                ? apply(ScalarFn.DIV, change, divisor)
                : product(change, apply(ScalarFn.DIV, number(1, divisor), divisor));
    }

    private static boolean isNumber(ScalarExpr e, double value) {
        return e instanceof ScalarExpr.Literal l && l.value() == value;
    }

    private static ScalarExpr number(double value, ScalarExpr like) {
        return new ScalarExpr.Literal(like.type(), like.type().nearest(value));
    }

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    /**
     * The derivative of a program by one of its parts, computed with the program's own values.
     *
     * @param program floats; its functions may hold conditions and indexes
     * @param by      a variable, read or element; equal parts are the same
     * @return empty when it is zero everywhere
     */
    public static Optional<ScalarExpr> of(ScalarExpr program, ScalarExpr by) {
        return new Forward(by).derivative.of(program);
    }

    /** Differentiates forwards. */
    private static final class Forward {
        private final ScalarExpr by;
        private final Memo<Optional<ScalarExpr>> derivative = new Memo<>(this::of);

        Forward(ScalarExpr by) {
            this.by = by;
        }

        private Optional<ScalarExpr> of(ScalarExpr e) {
            if (e.equals(by)) {
                return Optional.of(number(1, e));
            }
            if (!(e instanceof ScalarExpr.Apply a) || !a.type().isFloat()) {
                return Optional.empty();
            }
            if (a.fn() == ScalarFn.CAST) {
                ScalarExpr from = a.args().getFirst();
                return from.type().isFloat()
                        ? derivative.of(from).map(change -> cast(a.type(), change))
                        : Optional.empty();
            }
            return a.fn() == ScalarFn.SELECT ? select(a) : sum(a);
        }

        private static ScalarExpr cast(DType type, ScalarExpr change) {
            return change instanceof ScalarExpr.Literal l
                    ? new ScalarExpr.Literal(type, l.value())
                    : ScalarExpr.cast(type, change);
        }

        /** The select stays outermost, so that the side that is not chosen has no part in the result. */
        private Optional<ScalarExpr> select(ScalarExpr.Apply a) {
            Optional<ScalarExpr> whereTrue = derivative.of(a.args().get(1));
            Optional<ScalarExpr> whereFalse = derivative.of(a.args().get(2));
            if (whereTrue.isEmpty() && whereFalse.isEmpty()) {
                return Optional.empty();
            }
            ScalarExpr none = number(0, a);
            return Optional.of(
                    apply(ScalarFn.SELECT, a.args().getFirst(), whereTrue.orElse(none), whereFalse.orElse(none)));
        }

        private Optional<ScalarExpr> sum(ScalarExpr.Apply a) {
            List<ScalarExpr> changes = new ArrayList<>();
            for (int slot = 0; slot < a.args().size(); slot++) {
                int argument = slot;
                derivative
                        .of(a.args().get(slot))
                        .flatMap(change -> times(a.fn(), argument, a.args(), a, change))
                        .ifPresent(changes::add);
            }
            return changes.stream().reduce((x, y) -> apply(ScalarFn.ADD, x, y));
        }
    }

    /** The same program without the functions that exist for gradients alone: what kernels compute. */
    public static ScalarExpr lowered(ScalarExpr program) {
        return ScalarExprs.transform(
                program,
                e -> e instanceof ScalarExpr.Apply a
                        ? switch (a.fn()) {
                            case STOP_GRADIENT -> a.args().getFirst();
                            case MUL0 -> {
                                ScalarExpr g = a.args().getFirst();
                                ScalarExpr isZero = apply(ScalarFn.EQ, g, number(0, g));
                                yield zeroWhere(
                                        isZero, apply(ScalarFn.MUL, g, a.args().getLast()));
                            }
                            default -> a;
                        }
                        : e);
    }
}
