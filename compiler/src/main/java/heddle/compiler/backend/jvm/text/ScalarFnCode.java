package heddle.compiler.backend.jvm.text;

import heddle.compiler.backend.emit.Division;
import heddle.compiler.backend.emit.Operators;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Set;

/**
 * Writes every {@link ScalarFn}, at every element type, as a Java expression. Arguments are given as operands of any
 * operator.
 *
 * @param support gets what the expressions call
 */
public record ScalarFnCode(Set<Support> support) {
    private static final Operators OPERATORS = new Operators("&&", "||");

    /** The value of {@code e} when its arguments have the values {@code args}. */
    public String of(Apply e, List<String> args) {
        String a = args.getFirst();
        String b = args.getLast();
        DType type = e.args().getLast().type();
        return switch (e.fn()) {
            case ABS -> "Math.abs(" + a + ")";
            case SIGN -> sign(type, a);
            case EXP, EXP_NONPOSITIVE, LOG, SQRT, TANH, SIN, COS, FLOOR, CEIL ->
                viaDouble(type, "Math." + e.fn().text() + "(" + a + ")");
            case RSQRT -> viaDouble(type, "(1 / Math.sqrt(" + a + "))");
            case ERF -> viaDouble(type, call(Support.ERF, a));
            case SIGMOID -> viaDouble(type, "(1 / (1 + Math.exp(-" + a + ")))");
            case ROUND -> viaDouble(type, "Math.rint(" + a + ")");
            case FLOOR_DIV -> floorDiv(e, type, a, b);
            case MOD -> mod(e, type, a, b);
            case POW -> viaDouble(type, "Math.pow(" + a + ", " + b + ")");
            case MIN, MAX -> "Math." + e.fn().text() + "(" + a + ", " + b + ")";
            case XOR -> a + " ^ " + b;
            case CAST -> cast(type, e.type(), a);
            case DRAW -> call(Support.DRAW, args.toArray(String[]::new));
            default -> OPERATORS.of(e, args);
        };
    }

    private static String viaDouble(DType type, String text) {
        return type == DType.F64 ? text : "(float) " + text;
    }

    private String call(Support needed, String... args) {
        support.add(needed);
        return needed.methodName() + "(" + String.join(", ", args) + ")";
    }

    private static String sign(DType type, String a) {
        return switch (type) {
            case I64 -> "Long.signum(" + a + ")";
            case I32 -> "Integer.signum(" + a + ")";
            default -> "Math.signum(" + a + ")";
        };
    }

    private String floorDiv(Apply e, DType type, String a, String b) {
        if (type.isFloat()) {
            return viaDouble(type, "Math.floor(" + a + " / " + b + ")");
        }
        if (Division.hasPositiveDivisor(e)) {
            return Division.roundsDown(e) ? a + " / " + b : "Math.floorDiv(" + a + ", " + b + ")";
        }
        return Operators.narrowed(type, call(Support.FLOOR_DIV, a, b));
    }

    private String mod(Apply e, DType type, String a, String b) {
        if (type.isFloat()) {
            return viaDouble(type, call(Support.FLOAT_MOD, a, b));
        }
        if (Division.hasPositiveDivisor(e)) {
            return Division.roundsDown(e) ? a + " % " + b : "Math.floorMod(" + a + ", " + b + ")";
        }
        return Operators.narrowed(type, call(Support.FLOOR_MOD, a, b));
    }

    private String cast(DType from, DType to, String a) {
        String number = Operators.number(from, a);
        return switch (to) {
            case BOOL -> Operators.truth(from, a);
            case F16 -> call(Support.F16, "(float) " + number);
            case BF16 -> call(Support.BF16, "(float) " + number);
            default -> "(" + Locals.type(to) + ") " + number;
        };
    }
}
