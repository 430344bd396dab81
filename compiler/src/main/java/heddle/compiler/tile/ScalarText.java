package heddle.compiler.tile;

import heddle.compiler.type.DType;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Scalar programs as people write them: {@code where(j <= i, score * 0.125, -inf)}. */
public final class ScalarText {
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int COMPARE = 4;
    private static final int SUM = 5;
    private static final int PRODUCT = 6;
    private static final int SIGN = 7;
    private static final int CALL = 8;

    private final Function<ScalarExpr.Element, String> elements;

    private ScalarText(Function<ScalarExpr.Element, String> elements) {
        this.elements = elements;
    }

    /** With elements as they lie in their buffers: {@code mask[b * N + j]}. */
    public static String of(ScalarExpr e) {
        return of(e, x -> x.buffer() + "[" + of(x.address()) + "]");
    }

    /** With elements written in another way. */
    public static String of(ScalarExpr e, Function<ScalarExpr.Element, String> elements) {
        return new ScalarText(elements).text(e, 0);
    }

    /** With parentheses when {@code e} binds less tightly than {@code level}. */
    private String text(ScalarExpr e, int level) {
        return switch (e) {
            case ScalarExpr.Apply a -> binding(a.fn()) < level ? "(" + apply(a) + ")" : apply(a);
            case ScalarExpr.Element x -> elements.apply(x);
            case ScalarExpr.Literal l -> l.type() == DType.BOOL ? l.toString() : number(l.value());
            default -> e.toString();
        };
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    private String apply(ScalarExpr.Apply a) {
        List<ScalarExpr> args = a.args();
        int level = binding(a.fn());
        if (a.fn() == ScalarFn.NEG || a.fn() == ScalarFn.NOT) {
            return (a.fn() == ScalarFn.NEG ? "-" : "not ") + text(args.getFirst(), level);
        }
        if (level < CALL) {
            // Comparisons do not chain and the right side of "-" or "/" keeps its parentheses.
            int left = level == COMPARE ? level + 1 : level;
            return text(args.getFirst(), left) + " " + symbol(a.fn()) + " " + text(args.getLast(), level + 1);
        }
        String name = a.fn() == ScalarFn.CAST ? a.type().text() : a.fn() == ScalarFn.SELECT ? "where" : a.fn().text();
        return args.stream().map(arg -> text(arg, 0)).collect(Collectors.joining(", ", name + "(", ")"));
    }

    private static int binding(ScalarFn fn) {
        return switch (fn) {
            case OR -> OR;
            case AND -> AND;
            case NOT -> NOT;
            case EQ, NE, LT, LE, GT, GE -> COMPARE;
            case ADD, SUB -> SUM;
            case MUL, DIV, FLOOR_DIV, MOD -> PRODUCT;
            case NEG -> SIGN;
            default -> CALL;
        };
    }

    private static String symbol(ScalarFn fn) {
        return switch (fn) {
            case ADD -> "+";
            case SUB -> "-";
            case MUL -> "*";
            case DIV -> "/";
            case FLOOR_DIV -> "div";
            case MOD -> "%";
            case EQ -> "==";
            case NE -> "!=";
            case LT -> "<";
            case LE -> "<=";
            case GT -> ">";
            case GE -> ">=";
            default -> fn.text();
        };
    }
}
