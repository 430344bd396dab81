package heddle.compiler.scalar;

import heddle.compiler.type.DType;
import org.apache.commons.numbers.gamma.Erf;

/**
 * The meaning of {@link ScalarFn}s and {@link Reduction}s in double precision. Integers are exact up to 2^53 and wrap
 * at their own width; bools are 0 and 1. An integer quotient or remainder with divisor zero is zero.
 */
public final class ScalarMath {
    private ScalarMath() {}

    /**
     * {@code fn} of elements of type {@code type}; arguments past its arity are not looked at.
     *
     * @param type the type of the operands, of the last two for {@code SELECT}
     */
    public static double apply(ScalarFn fn, DType type, double a, double b, double c) {
        return switch (fn.rule()) {
            case ARITHMETIC -> type.isInt() ? integer(fn, type, (long) a, (long) b) : floating(fn, a, b);
            case FLOAT -> floating(fn, a, b);
            case COMPARE, LOGIC -> truth(fn, a, b) ? 1 : 0;
            case SELECT -> a != 0 ? b : c;
            case CAST -> throw new IllegalArgumentException("a cast needs both types");
            case SAME -> a;
            case DRAW -> throw new IllegalArgumentException("a draw needs more numbers");
        };
    }

    private static double floating(ScalarFn fn, double a, double b) {
        return switch (fn) {
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> Math.signum(a);
            case EXP, EXP_NONPOSITIVE -> Math.exp(a);
            case LOG -> Math.log(a);
            case SQRT -> Math.sqrt(a);
            case RSQRT -> 1 / Math.sqrt(a);
            case TANH -> Math.tanh(a);
            case ERF -> Erf.value(a);
            case SIGMOID -> 1 / (1 + Math.exp(-a));
            case SIN -> Math.sin(a);
            case COS -> Math.cos(a);
            case FLOOR -> Math.floor(a);
            case CEIL -> Math.ceil(a);
            case ROUND -> Math.rint(a);
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case MUL0 -> Annihilating.LEFT.multiply(a, b);
            case DIV -> a / b;
            case FLOOR_DIV -> Math.floor(a / b);
            case MOD -> floorMod(a, b);
            case POW -> Math.pow(a, b);
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
            default -> throw new AssertionError(fn);
        };
    }

    private static double floorMod(double a, double b) {
        double rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    private static double integer(ScalarFn fn, DType type, long a, long b) {
        long exact = switch (fn) {
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> Long.signum(a);
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case FLOOR_DIV -> b == 0 ? 0 : Math.floorDiv(a, b);
            case MOD -> b == 0 ? 0 : Math.floorMod(a, b);
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
            default -> throw new AssertionError(fn);
        };
        return type == DType.I32 ? (int) exact : exact;
    }

    private static boolean truth(ScalarFn fn, double a, double b) {
        return switch (fn) {
            case EQ -> a == b;
            case NE -> a != b;
            case LT -> a < b;
            case LE -> a <= b;
            case GT -> a > b;
            case GE -> a >= b;
            case AND -> a != 0 && b != 0;
            case OR -> a != 0 || b != 0;
            case XOR -> a != 0 != (b != 0);
            case NOT -> a == 0;
            default -> throw new AssertionError(fn);
        };
    }

    /**
     * {@code value} of type {@code from} as an element of type {@code to}: Java's conversions. To its own type nothing is
     * rounded.
     */
    public static double cast(DType from, DType to, double value) {
        if (from == to) {
            return value;
        }
        return switch (to) {
            case F32, F64, F16, BF16 -> to.nearest(value);
            case I32 -> from.isFloat() ? (int) value : (int) (long) value;
            case I64 -> (long) value;
            case BOOL -> value != 0 ? 1 : 0;
        };
    }

    /** The function that a reduction folds with. */
    public static ScalarFn combine(Reduction kind) {
        return switch (kind) {
            case SUM -> ScalarFn.ADD;
            case MAX -> ScalarFn.MAX;
            case MIN -> ScalarFn.MIN;
            case PROD -> ScalarFn.MUL;
        };
    }

    /** The same as a function that elements of the type have: of bools, false is below true. */
    public static ScalarFn combine(Reduction kind, DType type) {
        boolean isAny = kind == Reduction.SUM || kind == Reduction.MAX;
        return type != DType.BOOL ? combine(kind) : isAny ? ScalarFn.OR : ScalarFn.AND;
    }

    /** The result of reducing no values; for the maximum of integers, the smallest integer. */
    public static double neutral(Reduction kind, DType type) {
        return switch (kind) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> extreme(type, Double.NEGATIVE_INFINITY, Integer.MIN_VALUE, Long.MIN_VALUE);
            case MIN -> extreme(type, Double.POSITIVE_INFINITY, Integer.MAX_VALUE, Long.MAX_VALUE);
        };
    }

    private static double extreme(DType type, double ofFloats, int ofInts, long ofLongs) {
        return switch (type) {
            case I32 -> ofInts;
            case I64 -> ofLongs;
            default -> ofFloats;
        };
    }
}
