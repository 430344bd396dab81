package heddle.cli.page;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scalar program as mathematics: quotients as fractions, exponentials as powers, elements of tensors with their indexes below.
 *
 * @param operands  what operands are called, by slot
 * @param variables formulas for values that were computed before, by name
 */
record ScalarFormula(List<String> operands, Map<String, List<Object>> variables) {
    /** Parts of a program that is still written out. */
    private static final int LONGEST = 60;

    private static final int OR = 1;
    private static final int AND = 2;
    private static final int COMPARE = 3;
    private static final int SUM = 4;
    private static final int PRODUCT = 5;
    private static final int SIGN = 6;
    private static final int CALL = 7;

    /** Empty for a program too long to be read. */
    Optional<List<Object>> of(ScalarExpr program) {
        return ScalarExprs.writtenOut(program, LONGEST) < LONGEST ? Optional.of(formula(program, 0)) : Optional.empty();
    }

    /** In parentheses where it binds less than what is around it. */
    List<Object> formula(ScalarExpr e, int around) {
        return switch (e) {
            case ScalarExpr.Literal l -> literal(l);
            case ScalarExpr.IntLiteral i -> signed(String.valueOf(i.value()));
            case ScalarExpr.Index i -> MathMl.name(i.axis().name());
            case ScalarExpr.Length l -> MathMl.name(l.dim().toString());
            case ScalarExpr.Variable v -> variables.getOrDefault(v.name(), MathMl.name(v.name()));
            case ScalarExpr.Read r -> element(operands.get(r.slot()), shown(r));
            case ScalarExpr.Element x -> element(x.buffer().name(), List.of(x.address()));
            case ScalarExpr.Apply a -> {
                if (isSilent(a)) {
                    yield formula(a.args().getFirst(), around);
                }
                yield binding(a.fn()) < around ? MathMl.parenthesised(apply(a)) : apply(a);
            }
        };
    }

    /** The indexes of an element; along axes of one index there is nothing to say. */
    private static List<ScalarExpr> shown(ScalarExpr.Read read) {
        List<ScalarExpr> shown = new ArrayList<>();
        for (int axis = 0; axis < read.index().size(); axis++) {
            if (!read.tensor().shape().dims().get(axis).is(1)) {
                shown.add(read.index().get(axis));
            }
        }
        return shown;
    }

    private List<Object> element(String name, List<ScalarExpr> index) {
        if (index.isEmpty()) {
            return MathMl.name(name);
        }
        List<Object> below = new ArrayList<>();
        boolean letters = index.stream()
                .allMatch(
                        i -> i instanceof ScalarExpr.Index x && x.axis().name().length() == 1);
        for (int i = 0; i < index.size(); i++) {
            if (i > 0 && !letters) {
                below.add(MathMl.operator(","));
            }
            below.add(formula(index.get(i), 0));
        }
        return MathMl.below(MathMl.name(name), MathMl.row(below.toArray()));
    }

    private static List<Object> literal(ScalarExpr.Literal l) {
        if (l.type() == DType.BOOL) {
            return MathMl.name(l.value() != 0 ? "true" : "false");
        }
        return signed(number(l.value()));
    }

    /** A number as listings have it; one that is a power of two's reciprocal, or cut, is not made nicer than it is. */
    static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "∞" : "-∞";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf((float) value);
    }

    private static List<Object> signed(String number) {
        return number.startsWith("-")
                ? MathMl.row(MathMl.operator("−"), MathMl.number(number.substring(1)))
                : MathMl.number(number);
    }

    private List<Object> apply(ScalarExpr.Apply a) {
        List<ScalarExpr> args = a.args();
        ScalarExpr first = args.getFirst();
        ScalarExpr last = args.getLast();
        return switch (a.fn()) {
            case DIV -> MathMl.fraction(formula(first, 0), formula(last, 0));
            case ADD, SUB, EQ, NE, LT, LE, GT, GE, AND, OR, MUL, MUL0 -> {
                int level = binding(a.fn());
                yield MathMl.row(
                        formula(first, level == COMPARE ? level + 1 : level),
                        MathMl.operator(symbol(a.fn())),
                        formula(last, level + 1));
            }
            case NEG -> MathMl.row(MathMl.operator("−"), formula(first, SIGN));
            case NOT -> MathMl.row(MathMl.operator("¬"), formula(first, CALL));
            case EXP, EXP_NONPOSITIVE -> MathMl.power(MathMl.name("e"), formula(first, 0));
            case POW -> MathMl.power(formula(first, CALL), formula(last, 0));
            case SQRT -> MathMl.element("msqrt", formula(first, 0));
            case RSQRT -> MathMl.fraction(MathMl.number("1"), MathMl.element("msqrt", formula(first, 0)));
            case ABS -> MathMl.row(MathMl.operator("|"), formula(first, 0), MathMl.operator("|"));
            case FLOOR -> MathMl.row(MathMl.operator("⌊"), formula(first, 0), MathMl.operator("⌋"));
            case CEIL -> MathMl.row(MathMl.operator("⌈"), formula(first, 0), MathMl.operator("⌉"));
            case FLOOR_DIV ->
                MathMl.row(
                        MathMl.operator("⌊"),
                        MathMl.fraction(formula(first, 0), formula(last, 0)),
                        MathMl.operator("⌋"));
            case MOD -> MathMl.row(formula(first, PRODUCT), MathMl.operator("mod"), formula(last, PRODUCT + 1));
            case SELECT -> cases(args);
            default -> call(a.fn() == ScalarFn.CAST ? a.type().text() : a.fn().text(), args);
        };
    }

    /** A change of precision is none of the value; a float that is made whole is rounded. */
    private static boolean isSilent(ScalarExpr.Apply a) {
        boolean rounds = a.args().getFirst().type().isFloat() && !a.type().isFloat();
        return a.fn() == ScalarFn.STOP_GRADIENT || a.fn() == ScalarFn.CAST && !rounds;
    }

    private List<Object> call(String name, List<ScalarExpr> args) {
        List<Object> inner = new ArrayList<>();
        for (ScalarExpr arg : args) {
            if (!inner.isEmpty()) {
                inner.add(MathMl.operator(","));
            }
            inner.add(formula(arg, 0));
        }
        return MathMl.row(MathMl.name(name), MathMl.parenthesised(MathMl.row(inner.toArray())));
    }

    private List<Object> cases(List<ScalarExpr> args) {
        return MathMl.row(
                MathMl.operator("{"),
                MathMl.element(
                        "mtable",
                        line(formula(args.get(1), 0), MathMl.row(word("if"), formula(args.get(0), 0))),
                        line(formula(args.get(2), 0), word("else"))));
    }

    private static List<Object> line(Object value, Object condition) {
        return MathMl.element("mtr", MathMl.element("mtd", value), MathMl.element("mtd", condition));
    }

    static List<Object> word(String text) {
        return MathMl.element("mtext", "\u00a0" + text + "\u00a0");
    }

    private static String symbol(ScalarFn fn) {
        return switch (fn) {
            case ADD -> "+";
            case SUB -> "−";
            case MUL, MUL0 -> "·";
            case EQ -> "=";
            case NE -> "≠";
            case LT -> "<";
            case LE -> "≤";
            case GT -> ">";
            case GE -> "≥";
            case AND -> "∧";
            case OR -> "∨";
            default -> fn.text();
        };
    }

    private static int binding(ScalarFn fn) {
        return switch (fn) {
            case OR -> OR;
            case AND -> AND;
            case EQ, NE, LT, LE, GT, GE -> COMPARE;
            case ADD, SUB -> SUM;
            case MUL, MUL0, MOD -> PRODUCT;
            case NEG, NOT -> SIGN;
            default -> CALL;
        };
    }
}
