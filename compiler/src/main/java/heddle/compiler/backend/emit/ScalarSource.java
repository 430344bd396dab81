package heddle.compiler.backend.emit;

import heddle.compiler.scalar.Needed;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ValueNumbers;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes scalar programs as the Java expressions of a target. A value that a program reads twice becomes a local
 * variable, unless only one branch of a select needs it.
 */
public final class ScalarSource {
    /** How a target names and computes what programs are made of. */
    public interface Dialect {
        String index(ScalarExpr.Index index);

        String length(ScalarExpr.Length length);

        String variable(ScalarExpr.Variable variable);

        /** @param conditional whether nothing may be read ahead for the element */
        String element(Element element, boolean conditional, ScalarSource source);

        /** @param args operands of any operator */
        String apply(Apply e, List<String> args);

        /** A float that is no number, as an expression. */
        default String notANumber(DType type) {
            return type == DType.F64 ? "Double.NaN" : "Float.NaN";
        }

        /** Plus or minus infinity, as an expression. */
        default String infinite(DType type, boolean positive) {
            return (type == DType.F64 ? "Double." : "Float.") + (positive ? "POSITIVE_INFINITY" : "NEGATIVE_INFINITY");
        }

        /** The Java type of a value. */
        String type(DType type);

        /** A new local variable. */
        String fresh(String wish);
    }

    /** The longest branch of a select that is written within an expression, in functions and elements. */
    private static final int LONGEST = 64;

    private final Dialect dialect;
    private final JavaText out;
    private final ValueNumbers numbers;
    private final Map<Integer, String> computed;
    private final Map<Integer, Integer> uses = new HashMap<>();
    private final Needed needed = new Needed();

    /** Whether this writes one branch of a select. */
    private final boolean branch;

    /** Values that are needed whatever selects decide: only those may be computed ahead. */
    private final Set<Integer> always = new HashSet<>();

    /** @param out where local variables are declared */
    public ScalarSource(Dialect dialect, JavaText out) {
        this(dialect, out, new ValueNumbers(), new HashMap<>(), false);
    }

    private ScalarSource(
            Dialect dialect, JavaText out, ValueNumbers numbers, Map<Integer, String> computed, boolean branch) {
        this.dialect = dialect;
        this.out = out;
        this.numbers = numbers;
        this.computed = computed;
        this.branch = branch;
    }

    /** The value of a program as a Java expression. */
    public String of(ScalarExpr e) {
        count(e, false, new HashSet<>(), new HashSet<>());
        return expression(e);
    }

    private void count(ScalarExpr e, boolean selected, Set<Integer> seen, Set<Integer> seenSelected) {
        int number = numbers.of(e);
        if (!selected) {
            always.add(number);
        }
        if (!(selected ? seenSelected : seen).add(number)) {
            return;
        }
        List<ScalarExpr> parts = ScalarExprs.operands(e);
        for (int i = 0; i < parts.size(); i++) {
            boolean branch = e instanceof Apply a && a.fn() == ScalarFn.SELECT && i > 0;
            uses.merge(numbers.of(parts.get(i)), 1, Integer::sum);
            count(parts.get(i), selected || branch, seen, seenSelected);
        }
    }

    /** The value of a part of the program that is being written. */
    public String expression(ScalarExpr e) {
        int number = numbers.of(e);
        String known = computed.get(number);
        if (known != null) {
            return known;
        }
        String text = switch (e) {
            case ScalarExpr.Literal l -> literal(l);
            case ScalarExpr.IntLiteral i -> i.value() + (i.type() == DType.I64 ? "L" : "");
            case ScalarExpr.Index i -> dialect.index(i);
            case ScalarExpr.Length l -> dialect.length(l);
            case ScalarExpr.Variable v -> dialect.variable(v);
            case Element x -> dialect.element(x, branch || !always.contains(number), this);
            case Apply a -> apply(a);
            case ScalarExpr.Read r -> throw new IllegalArgumentException("a kernel reads buffers, not " + r);
        };
        boolean compound = e instanceof Apply || e instanceof Element;
        if (compound && uses.getOrDefault(number, 0) > 1 && always.contains(number)) {
            String name = dialect.fresh(e instanceof Element x ? x.buffer().name() + "_x" : "t");
            out.line(dialect.type(e.type()) + " " + name + " = " + text + ";");
            text = name;
        }
        if (!compound || always.contains(number)) {
            computed.put(number, text);
        }
        return text;
    }

    private String apply(Apply a) {
        if (a.fn() == ScalarFn.SELECT && a.args().stream().skip(1).anyMatch(ScalarSource::isLong)) {
            return select(a);
        }
        List<String> args = new ArrayList<>();
        for (int i = 0; i < a.args().size(); i++) {
            String text = expression(a.args().get(i));
            args.add(bindsTighter(a.args().get(i), a.fn(), i == 0) ? text : operand(text));
        }
        return dialect.apply(a, args);
    }

    /** Whether a branch is better written as statements, where what it reads twice has a name. */
    public static boolean isLong(ScalarExpr e) {
        return ScalarExprs.writtenOut(e, LONGEST) == LONGEST
                && !ScalarExprs.repeated(e).isEmpty();
    }

    private String select(Apply a) {
        String condition = expression(a.args().getFirst());
        for (ScalarExpr part : needed.ofBoth(a)) {
            always.add(numbers.of(part));
            uses.merge(numbers.of(part), 2, Integer::sum);
            expression(part);
        }
        String name = dialect.fresh("t");
        out.line(dialect.type(a.type()) + " " + name + ";");
        out.open("if (" + condition + ")");
        assign(name, a.args().get(1));
        out.close().open("else");
        assign(name, a.args().get(2));
        out.close();
        return name;
    }

    private void assign(String name, ScalarExpr e) {
        String value = new ScalarSource(dialect, out, numbers, new HashMap<>(computed), true).of(e);
        out.line(name + " = " + value + ";");
    }

    /** Whether an argument needs no parentheses: {@code a * b + c}. */
    private static boolean bindsTighter(ScalarExpr arg, ScalarFn fn, boolean first) {
        if (!(arg instanceof Apply inner)) {
            return false;
        }
        return switch (fn) {
            case ADD, SUB -> inner.fn() == ScalarFn.MUL || first && isSum(inner.fn());
            case MUL -> first && inner.fn() == ScalarFn.MUL;
            case LT, LE, GT, GE -> inner.fn() == ScalarFn.MUL || isSum(inner.fn());
            default -> false;
        };
    }

    private static boolean isSum(ScalarFn fn) {
        return fn == ScalarFn.ADD || fn == ScalarFn.SUB;
    }

    private String literal(ScalarExpr.Literal l) {
        if (Double.isNaN(l.value())) {
            return dialect.notANumber(l.type());
        }
        return switch (l.type()) {
            case BOOL -> String.valueOf(l.value() != 0);
            case F64 ->
                Double.isFinite(l.value()) ? String.valueOf(l.value()) : dialect.infinite(l.type(), l.value() > 0);
            default -> {
                float f = (float) l.value();
                yield Float.isFinite(f) ? f + "f" : dialect.infinite(l.type(), f > 0);
            }
        };
    }

    /** {@code text}, in parentheses unless it binds tighter than any operator. */
    public static String operand(String text) {
        int depth = 0;
        boolean loose = text.startsWith("-") || text.startsWith("!");
        for (int i = 0; i < text.length() && !loose; i++) {
            char c = text.charAt(i);
            depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            loose = depth == 0 && (c == ' ' || c == '*');
        }
        return loose ? "(" + text + ")" : text;
    }
}
