package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the scalar programs that {@link ScalarText} prints. A number takes the type of the operand beside it. A name
 * that is not an axis, operand or variable is a length.
 *
 * @param axes      by name
 * @param operands  the type of each, by slot; programs call them {@code x0}, {@code x1}, …
 * @param variables by name
 */
public record ScalarReader(Map<String, Axis> axes, List<TensorType> operands, Map<String, ScalarExpr> variables) {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*([A-Za-z_]\\w*|\\d+(?:\\.\\d+)?(?:E-?\\d+)?|[=!<>]=|[-+*/%<>()\\[\\],=])");

    private static final List<Map<String, ScalarFn>> LEVELS = List.of(
            Map.of("or", ScalarFn.OR),
            Map.of("and", ScalarFn.AND),
            Map.of(
                    "==",
                    ScalarFn.EQ,
                    "!=",
                    ScalarFn.NE,
                    "<",
                    ScalarFn.LT,
                    "<=",
                    ScalarFn.LE,
                    ">",
                    ScalarFn.GT,
                    ">=",
                    ScalarFn.GE),
            Map.of("+", ScalarFn.ADD, "-", ScalarFn.SUB),
            Map.of("*", ScalarFn.MUL, "/", ScalarFn.DIV, "div", ScalarFn.FLOOR_DIV, "%", ScalarFn.MOD));

    private static final int COMPARE = 2;

    /** The program that {@code text} states. @throws IllegalArgumentException when it states none of that type */
    public ScalarExpr read(String text, DType type) {
        Cursor cursor = new Cursor(text);
        ScalarExpr e = cursor.typed(cursor.program(), type);
        if (!cursor.tokens.isEmpty() || e.type() != type) {
            throw new IllegalArgumentException("\"" + text + "\" is no program of type " + type);
        }
        return IndexSimplifier.simplify(e);
    }

    private final class Cursor {
        private final String text;
        private final Deque<String> tokens = new ArrayDeque<>();
        private final Map<String, ScalarExpr> named = new HashMap<>(variables);

        Cursor(String text) {
            this.text = text;
            Matcher m = TOKEN.matcher(text);
            int at = 0;
            while (m.find() && m.start() == at) {
                tokens.add(m.group(1));
                at = m.end();
            }
            if (!text.substring(at).isBlank()) {
                throw wrong("\"" + text.substring(at) + "\" cannot be read");
            }
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException(what + " in the program \"" + text + "\"");
        }

        private String peek() {
            return tokens.isEmpty() ? "" : tokens.getFirst();
        }

        private String next() {
            if (tokens.isEmpty()) {
                throw wrong("something is missing at the end");
            }
            return tokens.removeFirst();
        }

        private boolean accept(String token) {
            boolean found = peek().equals(token);
            if (found) {
                tokens.removeFirst();
            }
            return found;
        }

        private void expect(String token) {
            if (!accept(token)) {
                throw wrong("\"" + token + "\" is missing before \"" + peek() + "\"");
            }
        }

        /** An expression, with names for parts of it. */
        ScalarExpr program() {
            if (!accept("let")) {
                return binary(0);
            }
            Map<String, ScalarExpr> outside = Map.copyOf(named);
            do {
                String name = next();
                expect("=");
                named.put(name, binary(0));
            } while (accept(","));
            expect("in");
            ScalarExpr e = binary(0);
            named.clear();
            named.putAll(outside);
            return e;
        }

        ScalarExpr binary(int level) {
            if (level == COMPARE && accept("not")) {
                return ScalarExpr.apply(ScalarFn.NOT, binary(level));
            }
            if (level == LEVELS.size()) {
                return unary();
            }
            ScalarExpr left = binary(level + 1);
            while (LEVELS.get(level).containsKey(peek())) {
                ScalarFn fn = LEVELS.get(level).get(tokens.removeFirst());
                left = apply(fn, List.of(left, binary(level + 1)));
            }
            return left;
        }

        private ScalarExpr unary() {
            if (!accept("-")) {
                return primary();
            }
            ScalarExpr e = unary();
            return switch (e) {
                case ScalarExpr.IntLiteral i -> new ScalarExpr.IntLiteral(i.type(), -i.value());
                case ScalarExpr.Literal l -> new ScalarExpr.Literal(l.type(), -l.value());
                default -> ScalarExpr.apply(ScalarFn.NEG, e);
            };
        }

        private ScalarExpr primary() {
            if (accept("(")) {
                ScalarExpr e = binary(0);
                expect(")");
                return e;
            }
            String token = next();
            if (Character.isDigit(token.charAt(0))) {
                return token.matches("\\d+")
                        ? new ScalarExpr.IntLiteral(DType.I64, Long.parseLong(token))
                        : new ScalarExpr.Literal(DType.F64, Double.parseDouble(token));
            }
            return switch (peek()) {
                case "(" -> call(token);
                case "[" -> element(token);
                default -> name(token);
            };
        }

        private ScalarExpr name(String name) {
            return switch (name) {
                case "inf" -> new ScalarExpr.Literal(DType.F64, Double.POSITIVE_INFINITY);
                case "true" -> new ScalarExpr.Literal(DType.BOOL, 1);
                case "false" -> new ScalarExpr.Literal(DType.BOOL, 0);
                default -> {
                    Axis axis = axes.get(name);
                    ScalarExpr variable = named.get(name);
                    yield variable != null
                            ? variable
                            : axis != null ? ScalarExpr.of(axis) : ScalarExpr.of(Dim.symbol(name));
                }
            };
        }

        private ScalarExpr element(String name) {
            for (int slot = 0; slot < operands.size(); slot++) {
                if (ScalarExpr.Read.name(slot).equals(name)) {
                    return new ScalarExpr.Read(slot, operands.get(slot), index(operands.get(slot)));
                }
            }
            throw wrong("there is no operand \"" + name + "\"");
        }

        /** One index for each axis. */
        private List<ScalarExpr> index(TensorType operand) {
            List<ScalarExpr> index = new ArrayList<>();
            expect("[");
            while (index.size() < operand.rank()) {
                if (!index.isEmpty()) {
                    expect(",");
                }
                ScalarExpr at = binary(0);
                if (at.type() != DType.I64) {
                    throw wrong("an index has the type " + at.type());
                }
                index.add(at);
            }
            expect("]");
            return index;
        }

        private ScalarExpr call(String name) {
            expect("(");
            List<ScalarExpr> args = new ArrayList<>();
            do {
                args.add(binary(0));
            } while (accept(","));
            expect(")");
            Optional<DType> type = DType.named(name);
            if (type.isPresent()) {
                return ScalarExpr.cast(type.get(), args.getFirst());
            }
            return apply(name.equals("where") ? ScalarFn.SELECT : function(name), args);
        }

        private ScalarFn function(String name) {
            for (ScalarFn fn : ScalarFn.values()) {
                if (fn.text().equals(name.toLowerCase(Locale.ROOT))) {
                    return fn;
                }
            }
            throw wrong("there is no function \"" + name + "\"");
        }

        /** {@code fn(args)}, the numbers among the arguments having the type of the others; floats where {@code fn} has no integers. */
        private ScalarExpr apply(ScalarFn fn, List<ScalarExpr> args) {
            int first = fn == ScalarFn.SELECT ? 1 : 0;
            List<ScalarExpr> alike = args.subList(first, args.size());
            DType type = alike.stream()
                    .filter(a -> !isNumber(a))
                    .findFirst()
                    .or(() -> alike.stream().filter(a -> a.type().isFloat()).findFirst())
                    .orElse(alike.getFirst())
                    .type();
            boolean isOfFloats = alike.stream().allMatch(Cursor::isNumber)
                    && fn.resultType(alike.stream().map(ScalarExpr::type).toList())
                            .isEmpty();
            List<ScalarExpr> typed = new ArrayList<>(args);
            for (int i = first; i < args.size(); i++) {
                typed.set(i, typed(args.get(i), isOfFloats ? DType.F64 : type));
            }
            return ScalarExpr.apply(fn, typed.toArray(ScalarExpr[]::new));
        }

        private static boolean isNumber(ScalarExpr e) {
            return e instanceof ScalarExpr.IntLiteral
                    || (e instanceof ScalarExpr.Literal l && l.type() != DType.BOOL)
                    || (e instanceof ScalarExpr.Apply a
                            && a.fn() != ScalarFn.CAST
                            && a.type() != DType.BOOL
                            && values(a).stream().allMatch(Cursor::isNumber));
        }

        /** The arguments of the type of the result. */
        private static List<ScalarExpr> values(ScalarExpr.Apply a) {
            return a.args().subList(a.fn() == ScalarFn.SELECT ? 1 : 0, a.args().size());
        }

        /** {@code e}, or the same number as one of {@code type}. */
        ScalarExpr typed(ScalarExpr e, DType type) {
            return switch (e) {
                case ScalarExpr.IntLiteral i ->
                    type.isInt()
                            ? new ScalarExpr.IntLiteral(type, i.value()) // Not by way of a double, which has 53 bits.
                            : number(type, i.value());
                case ScalarExpr.Literal l -> l.type() == DType.BOOL ? l : number(type, l.value());
                case ScalarExpr.Apply a -> {
                    if (!isNumber(a)) {
                        yield e;
                    }
                    List<ScalarExpr> args = new ArrayList<>(
                            a.args().subList(0, a.args().size() - values(a).size()));
                    values(a).forEach(x -> args.add(typed(x, type)));
                    yield ScalarExpr.apply(a.fn(), args.toArray(ScalarExpr[]::new));
                }
                default -> e;
            };
        }

        private static ScalarExpr number(DType type, double value) {
            return type.isInt() ? new ScalarExpr.IntLiteral(type, (long) value) : new ScalarExpr.Literal(type, value);
        }
    }
}
