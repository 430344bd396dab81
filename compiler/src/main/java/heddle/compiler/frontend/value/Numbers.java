package heddle.compiler.frontend.value;

import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.type.Dim;
import heddle.dsl.ast.Expr.BinaryOp;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.Optional;

/**
 * Arithmetic on numbers that are known at compile time. Integers and lengths are exact. {@code /} gives an integer or a
 * length when it divides without remainder, and otherwise a number with a fraction.
 */
public final class Numbers {
    /** Powers of lengths beyond this are no shapes of tensors. */
    private static final int MAX_SYMBOLIC_POWER = 16;

    private Numbers() {}

    /** Whether {@link #apply} can tell the result: two numbers, and lengths only where they are exact. */
    public static boolean isDecided(BinaryOp op, Denotation a, Denotation b) {
        if (!a.isNumber() || !b.isNumber()) {
            return false;
        }
        if (known(a).isPresent() && known(b).isPresent()) {
            return true;
        }
        if (!(a instanceof Length x && b instanceof Length y)) {
            return false;
        }
        return switch (op) {
            case DIV -> x.dim().dividedExactlyBy(y.dim()).isPresent();
            case ADD, SUB, MUL, FLOOR_DIV, MOD -> true;
            case POW -> y.dim().isKnown() && y.dim().value() >= 0;
            case EQ, NE, LT, LE, GT, GE -> x.dim().minus(y.dim()).isKnown();
            default -> false;
        };
    }

    /** The result of an operator on two numbers. @throws DiagnosticException when there is none */
    public static Denotation apply(BinaryOp op, Operand a, Operand b, Span at) {
        try {
            if (a.value() instanceof Length x && b.value() instanceof Length y) {
                return ofLengths(op, x.dim(), y.dim());
            }
            return ofReals(op, real(a.value()), real(b.value()));
        } catch (ArithmeticException e) {
            throw new DiagnosticException(Diagnostic.at(
                            at, FrontendCode.ARITHMETIC, "`" + op.symbol + "` has no result here: " + e.getMessage())
                    .related(a.span(), Words.describe(a.value()))
                    .related(b.span(), Words.describe(b.value())));
        }
    }

    private static Denotation ofLengths(BinaryOp op, Dim x, Dim y) {
        return switch (op) {
            case ADD -> new Length(x.plus(y));
            case SUB -> new Length(x.minus(y));
            case MUL -> new Length(x.times(y));
            case DIV -> divide(x, y);
            case FLOOR_DIV -> new Length(x.floorDiv(notZero(y)));
            case MOD -> new Length(x.minus(y.times(x.floorDiv(notZero(y)))));
            case POW -> power(x, y);
            case EQ, NE, LT, LE, GT, GE -> compare(op, difference(x, y), 0);
            default -> throw new ArithmeticException("it is not for numbers");
        };
    }

    private static Denotation divide(Dim x, Dim y) {
        Optional<Dim> exact = x.dividedExactlyBy(notZero(y));
        if (exact.isPresent()) {
            return new Length(exact.get());
        }
        if (!x.isKnown() || !y.isKnown()) {
            throw new ArithmeticException(x + " is not known to be divisible by " + y);
        }
        return new Real((double) x.value() / (double) y.value());
    }

    private static Dim notZero(Dim divisor) {
        if (divisor.isZero()) {
            throw new ArithmeticException("division by zero");
        }
        return divisor;
    }

    private static Denotation power(Dim base, Dim exponent) {
        long e = exponent.value();
        if (e < 0) {
            return new Real(Math.pow((double) base.value(), (double) e));
        }
        if (base.isKnown() && Math.abs(base.value()) <= 1) {
            return e == 0 ? new Length(Dim.ONE) : new Length(e % 2 == 0 ? base.times(base) : base);
        }
        if (e > (base.isKnown() ? Long.SIZE : MAX_SYMBOLIC_POWER)) {
            throw new ArithmeticException(base + " ** " + e + " is too large");
        }
        Dim product = Dim.ONE;
        for (long i = 0; i < e; i++) {
            product = product.times(base);
        }
        return new Length(product);
    }

    private static int difference(Dim x, Dim y) {
        Dim d = x.minus(y);
        if (!d.isKnown()) {
            throw new ArithmeticException("how " + x + " compares with " + y + " is only known when the model runs");
        }
        return Long.signum(d.value());
    }

    private static Denotation ofReals(BinaryOp op, double x, double y) {
        return switch (op) {
            case ADD -> new Real(x + y);
            case SUB -> new Real(x - y);
            case MUL -> new Real(x * y);
            case DIV -> new Real(x / notZero(y));
            case FLOOR_DIV -> new Real(Math.floor(x / notZero(y)));
            case MOD -> new Real(x - y * Math.floor(x / notZero(y)));
            case POW -> new Real(Math.pow(x, y));
            case EQ, NE, LT, LE, GT, GE -> compare(op, x, y);
            default -> throw new ArithmeticException("it is not for numbers");
        };
    }

    private static double notZero(double divisor) {
        if (divisor == 0) {
            throw new ArithmeticException("division by zero");
        }
        return divisor;
    }

    private static Denotation compare(BinaryOp op, double x, double y) {
        return new Bool(
                switch (op) {
                    case EQ -> x == y;
                    case NE -> x != y;
                    case LT -> x < y;
                    case LE -> x <= y;
                    case GT -> x > y;
                    case GE -> x >= y;
                    default -> throw new IllegalArgumentException(op.symbol);
                });
    }

    /** The value of a number without symbols. */
    public static Optional<Double> known(Denotation value) {
        return switch (value) {
            case Real r -> Optional.of(r.value());
            default -> value.integer().map(Long::doubleValue);
        };
    }

    private static double real(Denotation value) {
        return known(value)
                .orElseThrow(
                        () -> new ArithmeticException(Words.describe(value) + " is only known when the model runs"));
    }
}
