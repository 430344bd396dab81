package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.OnnxOperator;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Numbers element by element, with broadcasting. */
final class Arithmetic {
    /** Powers of integers that are written as products. */
    private static final int MOST_FACTORS = 4;

    private Arithmetic() {}

    static void addTo(OperatorTable table) {
        infix(table, "Add", "+");
        infix(table, "Sub", "-");
        infix(table, "Mul", "*");
        table.add("", "Div", Arithmetic::divide);
        table.add("", "Mod", Arithmetic::remainder);
        table.add("", "Pow", Arithmetic::power);
        table.add("", "Neg", node -> {
            Operand x = node.operand(0);
            node.define(0, new Term.Prefix("-", x.term()), x.type());
        });
        table.add("", "Reciprocal", node -> {
            Operand x = node.operand(0);
            node.define(0, Terms.over(Terms.number(1, x.dtype()), x.term()), x.type());
        });
        for (String name :
                List.of("Abs", "Sign", "Floor", "Ceil", "Round", "Sqrt", "Exp", "Log", "Erf", "Sin", "Cos", "Tan")) {
            unary(table, name, name.toLowerCase(Locale.ROOT));
        }
        table.add("", "Asinh", same(x -> {
            Term size = Call.of("abs", x.term());
            return Terms.times(sign(x.term()), Call.of("log", Terms.plus(size, root(Terms.square(size), "+", x))));
        }));
        table.add("", "Acosh", same(x -> Call.of("log", Terms.plus(x.term(), root(Terms.square(x.term()), "-", x)))));
        table.add("", "Atanh", same(x -> {
            Term one = Terms.number(1, x.dtype());
            Term ratio = Terms.over(Terms.plus(one, x.term()), Terms.minus(one, x.term()));
            return Terms.over(Call.of("log", ratio), Terms.number(2, x.dtype()));
        }));
        table.add("", "Sinh", node -> hyperbolic(node, "-"));
        table.add("", "Cosh", node -> hyperbolic(node, "+"));
        table.add("", "Min", node -> folded(node, (a, b) -> Call.of("min", a, b)));
        table.add("", "Max", node -> folded(node, (a, b) -> Call.of("max", a, b)));
        table.add("", "Sum", node -> folded(node, Terms::plus));
        table.add("", "Mean", Arithmetic::mean);
        table.add("", "Clip", Arithmetic::clip);
    }

    private static void infix(OperatorTable table, String name, String operator) {
        table.add("", name, node -> binary(node, (a, b) -> new Infix(operator, a, b)));
    }

    /** An operator of two operands whose result has the first one's type. */
    private static void binary(NodeContext node, BinaryOperator<Term> meaning) {
        Operand a = node.operand(0);
        List<Operand> both = List.of(a, node.operand(1));
        CommonShape.define(node, a.dtype(), both, x -> meaning.apply(x.get(0), x.get(1)));
    }

    /** A function of one tensor that keeps its type. */
    static void unary(OperatorTable table, String name, String function) {
        table.add("", name, same(x -> Call.of(function, x.term())));
    }

    /** An operator whose result has the type of its one operand. */
    static OnnxOperator same(Function<Operand, Term> meaning) {
        return node -> {
            Operand x = node.operand(0);
            node.define(0, meaning.apply(x), x.type());
        };
    }

    /** Of integers ONNX rounds towards zero, and the language down: the same where no operand is negative. */
    private static void divide(NodeContext node) {
        boolean first = Signs.isNonNegative(node, node.operand(0));
        boolean second = Signs.isNonNegative(node, node.operand(1));
        if (!node.operand(0).dtype().isInt()) {
            binary(node, Terms::over);
        } else if (first && second) {
            binary(node, (a, b) -> new Infix("div", a, b));
        } else {
            binary(node, (a, b) -> {
                Term sign = second ? sign(a) : Terms.times(sign(a), sign(b));
                return Terms.times(sign, new Infix("div", absolute(a, first), absolute(b, second)));
            });
        }
    }

    /** The sign is the divisor's, as in the language; with {@code fmod} it is the dividend's. */
    private static void remainder(NodeContext node) {
        boolean first = Signs.isNonNegative(node, node.operand(0));
        boolean second = Signs.isNonNegative(node, node.operand(1));
        if (node.attribute("fmod", 0) == 0 || (first && second)) {
            binary(node, (a, b) -> new Infix("%", a, b));
        } else {
            binary(node, (a, b) -> Terms.times(sign(a), new Infix("%", absolute(a, first), absolute(b, second))));
        }
    }

    private static Term sign(Term x) {
        return Call.of("sign", x);
    }

    private static Term absolute(Term x, boolean isNonNegative) {
        return isNonNegative ? x : Call.of("abs", x);
    }

    private static void power(NodeContext node) {
        Operand base = node.operand(0);
        Operand exponent = node.operand(1);
        DType dtype = base.dtype();
        Optional<Double> n = Terms.number(exponent);
        if (dtype.isInt()) {
            binary(node, (x, y) -> integerPower(node, x, y, n));
        } else if (n.isPresent()) {
            boolean isWhole = n.get() == Math.rint(n.get()) && Math.abs(n.get()) < 0x1p31;
            Term written = isWhole ? Terms.whole(n.get().longValue()) : Terms.number(n.get(), dtype);
            binary(node, (x, y) -> new Infix("**", x, y instanceof Term.Literal ? written : Terms.as(exponent, dtype)));
        } else {
            binary(node, (x, y) -> new Infix("**", x, exponent.dtype() == dtype ? y : Terms.as(exponent, dtype)));
        }
    }

    private static Term integerPower(NodeContext node, Term x, Term y, Optional<Double> n) {
        boolean few = n.isPresent() && n.get() >= 1 && n.get() <= MOST_FACTORS && n.get() % 1 == 0;
        if (few && y instanceof Term.Literal) {
            return IntStream.range(1, n.get().intValue()).mapToObj(i -> x).reduce(x, Terms::times);
        }
        Term power = new Infix("**", Terms.as(node.operand(0), DType.F64), Terms.as(node.operand(1), DType.F64));
        return Terms.cast(power, node.operand(0).dtype());
    }

    /** {@code sqrt(term + 1)} or {@code sqrt(term - 1)}. */
    private static Term root(Term term, String operator, Operand x) {
        return Call.of("sqrt", new Infix(operator, term, Terms.number(1, x.dtype())));
    }

    private static void hyperbolic(NodeContext node, String operator) {
        Operand x = node.operand(0);
        Term e = Call.of("exp", x.term());
        Term inverse = Call.of("exp", new Term.Prefix("-", x.term()));
        node.define(0, Terms.over(new Infix(operator, e, inverse), Terms.number(2, x.dtype())), x.type());
    }

    /** An operator of any number of operands. */
    private static void folded(NodeContext node, BinaryOperator<Term> meaning) {
        List<Operand> all = operands(node);
        if (all.size() == 1) {
            node.define(0, all.getFirst());
        } else {
            CommonShape.define(
                    node,
                    all.getFirst().dtype(),
                    all,
                    x -> x.stream().reduce(meaning).orElseThrow());
        }
    }

    private static void mean(NodeContext node) {
        List<Operand> all = operands(node);
        DType dtype = all.getFirst().dtype();
        if (all.size() == 1) {
            node.define(0, all.getFirst());
        } else {
            CommonShape.define(
                    node,
                    dtype,
                    all,
                    x -> Terms.over(x.stream().reduce(Terms::plus).orElseThrow(), Terms.number(all.size(), dtype)));
        }
    }

    private static List<Operand> operands(NodeContext node) {
        return IntStream.range(0, node.node().inputs().size())
                .mapToObj(node::operand)
                .toList();
    }

    private static void clip(NodeContext node) {
        Operand x = node.operand(0);
        Term term = x.term();
        Optional<Term> low = bound(node, x, 1, "min");
        Optional<Term> high = bound(node, x, 2, "max");
        if (low.isPresent() && high.isPresent() && x.dtype().isFloat()) {
            term = Call.of("clip", term, low.get(), high.get());
        } else {
            if (low.isPresent()) {
                term = Call.of("max", term, low.get());
            }
            if (high.isPresent()) {
                term = Call.of("min", term, high.get());
            }
        }
        node.define(0, term, x.type());
    }

    /** A bound is an operand, below opset 11 an attribute. */
    private static Optional<Term> bound(NodeContext node, Operand x, int operand, String attribute) {
        if (node.has(operand)) {
            return Optional.of(node.operand(operand).term());
        }
        return node.node().attribute(attribute).map(a -> Terms.number(node.attribute(attribute, 0.0), x.dtype()));
    }
}
