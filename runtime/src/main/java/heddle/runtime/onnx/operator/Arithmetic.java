package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.OnnxOperator;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
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
        for (String name : List.of("Abs", "Sign", "Floor", "Ceil", "Round", "Sqrt", "Exp", "Log", "Erf", "Sin", "Cos", "Tan")) {
            unary(table, name, name.toLowerCase(java.util.Locale.ROOT));
        }
        table.add("", "Sinh", node -> hyperbolic(node, "-"));
        table.add("", "Cosh", node -> hyperbolic(node, "+"));
        table.add("", "Min", node -> folded(node, (a, b) -> Call.of("min", a, b)));
        table.add("", "Max", node -> folded(node, (a, b) -> Call.of("max", a, b)));
        table.add("", "Sum", node -> folded(node, Terms::plus));
        table.add("", "Mean", Arithmetic::mean);
        table.add("", "Clip", Arithmetic::clip);
    }

    private static void infix(OperatorTable table, String name, String operator) {
        table.add("", name, node -> {
            Operand a = node.operand(0);
            Operand b = node.operand(1);
            CommonShape.define(node, new Infix(operator, a.term(), b.term()), a.dtype(), List.of(a, b));
        });
    }

    /** A function of one tensor that keeps its type. */
    static void unary(OperatorTable table, String name, String function) {
        table.add("", name, same(x -> Call.of(function, x.term())));
    }

    /** An operator whose result has the type of its one operand. */
    static OnnxOperator same(java.util.function.Function<Operand, Term> meaning) {
        return node -> {
            Operand x = node.operand(0);
            node.define(0, meaning.apply(x), x.type());
        };
    }

    /** Of integers ONNX rounds towards zero, and the language down: the same where no operand is negative. */
    private static void divide(NodeContext node) {
        Operand a = node.operand(0);
        Operand b = node.operand(1);
        Term quotient;
        if (!a.dtype().isInt()) {
            quotient = Terms.over(a.term(), b.term());
        } else if (Signs.isNonNegative(node, a) && Signs.isNonNegative(node, b)) {
            quotient = new Infix("div", a.term(), b.term());
        } else {
            Term size = new Infix("div", Call.of("abs", a.term()), absolute(node, b));
            Term sign = Signs.isNonNegative(node, b)
                    ? Call.of("sign", a.term())
                    : Terms.times(Call.of("sign", a.term()), Call.of("sign", b.term()));
            quotient = Terms.times(sign, size);
        }
        CommonShape.define(node, quotient, a.dtype(), List.of(a, b));
    }

    /** The sign is the divisor's, as in the language; with {@code fmod} it is the dividend's. */
    private static void remainder(NodeContext node) {
        Operand a = node.operand(0);
        Operand b = node.operand(1);
        boolean likeDividend = node.attribute("fmod", 0) != 0;
        Term remainder = !likeDividend || (Signs.isNonNegative(node, a) && Signs.isNonNegative(node, b))
                ? new Infix("%", a.term(), b.term())
                : Terms.times(
                        Call.of("sign", a.term()), new Infix("%", Call.of("abs", a.term()), absolute(node, b)));
        CommonShape.define(node, remainder, a.dtype(), List.of(a, b));
    }

    private static Term absolute(NodeContext node, Operand x) {
        return Signs.isNonNegative(node, x) ? x.term() : Call.of("abs", x.term());
    }

    private static void power(NodeContext node) {
        Operand x = node.operand(0);
        Operand exponent = node.operand(1);
        Optional<Double> number = number(exponent);
        Term power;
        if (x.dtype().isInt()) {
            power = integerPower(x, exponent, number);
        } else if (number.isPresent()) {
            double n = number.get();
            Term written = n == Math.rint(n) && Math.abs(n) < 0x1p31 ? Terms.whole((long) n) : Terms.number(n, x.dtype());
            power = new Infix("**", x.term(), written);
        } else {
            power = new Infix("**", x.term(), Terms.as(exponent, x.dtype()));
        }
        CommonShape.define(node, power, x.dtype(), List.of(x, exponent));
    }

    private static Term integerPower(Operand x, Operand exponent, Optional<Double> number) {
        boolean few = number.isPresent() && number.get() >= 1 && number.get() <= MOST_FACTORS && number.get() % 1 == 0;
        if (!few || Terms.isNumber(x)) {
            Term power = new Infix("**", Terms.as(x, DType.F64), Terms.as(exponent, DType.F64));
            return Terms.cast(power, x.dtype());
        }
        return IntStream.range(1, number.get().intValue())
                .mapToObj(i -> x.term())
                .reduce(x.term(), Terms::times);
    }

    /** The number that an operand is. */
    static Optional<Double> number(Operand x) {
        return x.known().filter(k -> k.elements().size() == 1).flatMap(k -> switch (k.elements().getFirst()) {
            case Element.Whole(Dim value) -> value.isKnown() ? Optional.of((double) value.value()) : Optional.empty();
            case Element.Fraction(double value) -> Optional.of(value);
            case Element.Truth ignored -> Optional.empty();
        });
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
        CommonShape.define(
                node,
                all.stream().map(Operand::term).reduce(meaning).orElseThrow(),
                all.getFirst().dtype(),
                all);
    }

    private static void mean(NodeContext node) {
        List<Operand> all = operands(node);
        DType dtype = all.getFirst().dtype();
        Term sum = all.stream().map(Operand::term).reduce(Terms::plus).orElseThrow();
        CommonShape.define(node, all.size() == 1 ? sum : Terms.over(sum, Terms.number(all.size(), dtype)), dtype, all);
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
