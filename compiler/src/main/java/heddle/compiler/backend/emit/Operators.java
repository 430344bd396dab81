package heddle.compiler.backend.emit;

import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.type.DType;
import java.util.List;

/**
 * Scalar functions that are operators of Java, and so the same for all targets. Arguments are operands of any operator.
 *
 * @param and of conditions
 * @param or  of conditions
 */
public record Operators(String and, String or) {
    /** The value of {@code e} when its arguments have the values {@code args}. @throws IllegalStateException when it is no operator */
    public String of(Apply e, List<String> args) {
        String a = args.getFirst();
        String b = args.getLast();
        boolean ofBools = e.args().getLast().type() == DType.BOOL;
        return switch (e.fn()) {
            case NEG -> "-" + a;
            case ADD -> a + " + " + b;
            case SUB -> a + " - " + b;
            case MUL -> a + " * " + b;
            case DIV -> a + " / " + b;
            case EQ -> a + " == " + b;
            case NE -> a + " != " + b;
            case LT -> ofBools ? "!" + a + " " + and + " " + b : a + " < " + b;
            case LE -> ofBools ? "!" + a + " " + or + " " + b : a + " <= " + b;
            case GT -> ofBools ? a + " " + and + " !" + b : a + " > " + b;
            case GE -> ofBools ? a + " " + or + " !" + b : a + " >= " + b;
            case AND -> a + " " + and + " " + b;
            case OR -> a + " " + or + " " + b;
            case NOT -> "!" + a;
            case SELECT -> a + " ? " + args.get(1) + " : " + b;
            default -> throw new IllegalStateException(e.fn().text() + " is not in kernels");
        };
    }

    /** A truth value as a number, and any other value as it is. */
    public static String number(DType type, String a) {
        return type == DType.BOOL ? "(" + a + " ? 1 : 0)" : a;
    }

    /** Whether a value is not zero. */
    public static String truth(DType type, String a) {
        return type == DType.BOOL ? a : a + " != 0";
    }

    /** Quotients and remainders are computed as {@code long}. */
    public static String narrowed(DType type, String whole) {
        return type == DType.I32 ? "(int) " + whole : whole;
    }
}
