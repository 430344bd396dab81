package heddle.compiler.scalar;

import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Prints scalar programs as people write them: {@code where(j <= i, score * 0.125, -inf)}. In a long program, a part
 * that occurs several times gets a name: {@code let t0 = score * score, t1 = t0 * t0 + t0 in t1 * t1}.
 */
public final class ScalarText {
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int COMPARE = 4;
    private static final int SUM = 5;
    private static final int PRODUCT = 6;
    private static final int SIGN = 7;
    private static final int CALL = 8;

    /** The most functions and elements of a program that is written without names. */
    private static final int LONGEST = 200;

    private final Function<ScalarExpr.Element, String> elements;
    private final IntFunction<String> operands;
    private final Map<ScalarExpr, String> names = new HashMap<>();

    private ScalarText(Function<ScalarExpr.Element, String> elements, IntFunction<String> operands) {
        this.elements = elements;
        this.operands = operands;
    }

    /** With elements as they lie in their buffers: {@code mask[b * N + j]}. */
    public static String of(ScalarExpr e) {
        return of(e, ScalarExpr.Read::name);
    }

    /** With elements written in another way. */
    public static String of(ScalarExpr e, Function<ScalarExpr.Element, String> elements) {
        return new ScalarText(elements, ScalarExpr.Read::name).program(e);
    }

    /** With other names for operands, by slot. */
    public static String of(ScalarExpr e, IntFunction<String> operands) {
        return new ScalarText(x -> x.buffer() + "[" + of(x.address()) + "]", operands).program(e);
    }

    private String program(ScalarExpr e) {
        if (ScalarExprs.writtenOut(e, LONGEST) < LONGEST) {
            return text(e, 0);
        }
        String start = start(e);
        Set<ScalarExpr> typed = new HashSet<>();
        ScalarExprs.visit(e, x -> {
            if (isTyped(x, typed)) {
                typed.add(x);
            }
        });
        List<String> parts = new ArrayList<>();
        for (ScalarExpr part : ScalarExprs.repeated(e)) {
            if (typed.contains(part)) {
                String text = text(part, 0);
                String name = start + names.size();
                names.put(part, name);
                parts.add(name + " = " + text);
            }
        }
        return parts.isEmpty() ? text(e, 0) : "let " + String.join(", ", parts) + " in " + text(e, 0);
    }

    /** The prefix of new names: letters that no name in the program has, alone or followed by a number. */
    private String start(ScalarExpr e) {
        Set<String> taken = new HashSet<>();
        ScalarExprs.visit(e, x -> {
            String words = switch (x) {
                case ScalarExpr.Apply a -> "";
                case ScalarExpr.Element el -> el.buffer().name();
                case ScalarExpr.Read r -> operands.apply(r.slot());
                default -> x.toString();
            };
            Pattern.compile("\\d*\\W+|\\d*$").splitAsStream(words).forEach(taken::add);
        });
        String start = "t";
        while (taken.contains(start)) {
            start += "t";
        }
        return start;
    }

    /** Whether a part has a type of its own. Numbers take the type of the operand beside them. */
    private static boolean isTyped(ScalarExpr part, Set<ScalarExpr> typed) {
        return switch (part) {
            case ScalarExpr.Literal l -> l.type() == DType.BOOL;
            case ScalarExpr.IntLiteral i -> false;
            case ScalarExpr.Apply a ->
                a.fn() == ScalarFn.CAST
                        || a.type() == DType.BOOL
                        || a.args().stream()
                                .skip(a.fn() == ScalarFn.SELECT ? 1 : 0)
                                .anyMatch(typed::contains);
            default -> true;
        };
    }

    /** With parentheses when {@code e} binds less tightly than {@code level}. */
    private String text(ScalarExpr e, int level) {
        String name = names.get(e);
        if (name != null) {
            return name;
        }
        return switch (e) {
            case ScalarExpr.Apply a -> binding(a.fn()) < level ? "(" + apply(a) + ")" : apply(a);
            case ScalarExpr.Element x -> elements.apply(x);
            case ScalarExpr.Read r ->
                operands.apply(r.slot())
                        + r.index().stream().map(x -> text(x, 0)).collect(Collectors.joining(", ", "[", "]"));
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
