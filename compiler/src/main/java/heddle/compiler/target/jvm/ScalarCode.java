package heddle.compiler.target.jvm;

import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarExpr.Apply;
import heddle.compiler.tile.ScalarExpr.Element;
import heddle.compiler.tile.ScalarExprs;
import heddle.compiler.tile.ScalarFn;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.ValueNumbers;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Scalar programs as plain Java: the general form that every function and element type has. What a program reads twice
 * becomes a local variable.
 */
final class ScalarCode {
    /** Knows where elements lie better than their addresses say. */
    interface Positions {
        /** @param conditional whether nothing may be read ahead for the element */
        Optional<String> of(Element x, boolean conditional);
    }

    private final Locals locals;
    private final ScalarFnCode functions;
    private final JavaText out;
    private final Positions positions;
    private final ValueNumbers numbers = new ValueNumbers();
    private final Map<Integer, String> computed = new HashMap<>();
    private final Map<Integer, Integer> uses = new HashMap<>();

    /** Values that are needed whatever selects decide: only those may be computed ahead. */
    private final Set<Integer> always = new HashSet<>();

    /** @param out where local variables are declared */
    ScalarCode(Locals locals, Set<Support> support, JavaText out) {
        this(locals, support, out, (x, conditional) -> Optional.empty());
    }

    /** @param positions of elements along the loop this is the body of */
    ScalarCode(Locals locals, Set<Support> support, JavaText out, Positions positions) {
        this.locals = locals;
        this.functions = new ScalarFnCode(support);
        this.out = out;
        this.positions = positions;
    }

    /** The value of a program as a Java expression. */
    String of(ScalarExpr e) {
        count(e, false, new HashSet<>(), new HashSet<>());
        return expression(e);
    }

    /** The value of a program as a Java expression that can be an operand of any operator. */
    String operand(ScalarExpr e) {
        return operand(of(e));
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

    private String expression(ScalarExpr e) {
        int number = numbers.of(e);
        String known = computed.get(number);
        if (known != null) {
            return known;
        }
        String text = switch (e) {
            case ScalarExpr.Literal l -> literal(l);
            case ScalarExpr.IntLiteral i -> literal(i);
            case ScalarExpr.Index i -> locals.index(i.axis());
            case ScalarExpr.Length l -> operand(Locals.length(l.dim()));
            case ScalarExpr.Variable v -> locals.value(v.name()).name();
            case Element x -> element(x);
            case Apply a -> apply(a);
        };
        boolean compound = e instanceof Apply || e instanceof Element;
        if (compound && uses.getOrDefault(number, 0) > 1 && always.contains(number)) {
            String name = locals.fresh(e instanceof Element x ? x.buffer().name() + "_x" : "t");
            out.line(Locals.type(e.type()) + " " + name + " = " + text + ";");
            text = name;
        }
        if (!compound || always.contains(number)) {
            computed.put(number, text);
        }
        return text;
    }

    private String element(Element x) {
        return locals.array(x.buffer()).array() + "[" + position(x, !always.contains(numbers.of(x))) + "]";
    }

    /** Where an element lies, as an array index. */
    private String position(Element x, boolean conditional) {
        return positions.of(x, conditional).orElseGet(() -> {
            PositionCode code = new PositionCode(locals, this::expression);
            return code.of(locals.array(x.buffer()).offset(), x.address());
        });
    }

    /** The position of an element that need not be read. */
    String position(String offset, ScalarExpr address) {
        return new PositionCode(locals, this::of).of(offset, address);
    }

    /** Writes a store. */
    void store(Stmt.Store s) {
        String position = position(new Element(s.buffer(), s.address()), false);
        String value = of(KernelScope.stored(s));
        out.line(locals.array(s.buffer()).array() + "[" + position + "] = " + value + ";");
    }

    private String apply(Apply a) {
        List<String> args = new ArrayList<>();
        for (int i = 0; i < a.args().size(); i++) {
            String text = expression(a.args().get(i));
            args.add(bindsTighter(a.args().get(i), a.fn(), i == 0) ? text : operand(text));
        }
        return functions.of(a, args);
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

    private static String literal(ScalarExpr.Literal l) {
        return switch (l.type()) {
            case BOOL -> String.valueOf(l.value() != 0);
            case F64 -> Double.isFinite(l.value()) ? String.valueOf(l.value()) : special("Double", l.value());
            default -> {
                float f = (float) l.value();
                yield Float.isFinite(f) ? f + "f" : special("Float", f);
            }
        };
    }

    private static String special(String type, double value) {
        return type + "." + (value > 0 ? "POSITIVE_INFINITY" : value < 0 ? "NEGATIVE_INFINITY" : "NaN");
    }

    private static String literal(ScalarExpr.IntLiteral i) {
        return i.value() + (i.type() == DType.I64 ? "L" : "");
    }

    /** {@code text}, in parentheses unless it binds tighter than any operator. */
    static String operand(String text) {
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
