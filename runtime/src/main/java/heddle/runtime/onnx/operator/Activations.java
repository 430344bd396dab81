package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.OnnxOperator;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.List;
import java.util.Locale;

/** Functions that stand between the layers of networks. */
final class Activations {
    private static final double SELU_ALPHA = 1.67326319217681884765625;
    private static final double SELU_GAMMA = 1.05070102214813232421875;

    private Activations() {}

    static void addTo(OperatorTable table) {
        for (String name : List.of("Relu", "Sigmoid", "Tanh", "Softplus")) {
            Arithmetic.unary(table, name, name.toLowerCase(Locale.ROOT));
        }
        add(table, "Softsign", (node, x) -> Terms.over(x, Terms.plus(number(node, 1), Call.of("abs", x))));
        add(
                table,
                "LeakyRelu",
                (node, x) -> Terms.where(below(node, x, 0), Terms.times(attribute(node, "alpha", 0.01), x), x));
        add(table, "Elu", (node, x) -> Terms.where(below(node, x, 0), grown(node, x, node.attribute("alpha", 1.0)), x));
        add(
                table,
                "Selu",
                (node, x) -> Terms.times(
                        attribute(node, "gamma", SELU_GAMMA),
                        Terms.where(below(node, x, 0), grown(node, x, node.attribute("alpha", SELU_ALPHA)), x)));
        add(table, "Celu", (node, x) -> {
            double alpha = node.attribute("alpha", 1.0);
            Term scaled = alpha == 1 ? x : Terms.over(x, number(node, alpha));
            return Terms.where(below(node, x, 0), grown(node, scaled, alpha), x);
        });
        add(
                table,
                "HardSigmoid",
                (node, x) -> clipped(
                        node, Terms.plus(Terms.times(attribute(node, "alpha", 0.2), x), attribute(node, "beta", 0.5))));
        add(
                table,
                "HardSwish",
                (node, x) ->
                        Terms.times(x, clipped(node, Terms.plus(Terms.over(x, number(node, 6)), number(node, 0.5)))));
        add(table, "Mish", (node, x) -> Terms.times(x, Call.of("tanh", Call.of("softplus", x))));
        add(
                table,
                "ThresholdedRelu",
                (node, x) -> Terms.where(new Infix(">", x, attribute(node, "alpha", 1)), x, typedZero(node)));
        add(table, "Shrink", Activations::shrink);
        add(table, "Gelu", Activations::gelu);
        add(table, "Swish", Activations::swish);
        table.add("", "PRelu", node -> {
            Operand x = node.operand(0);
            Operand slope = node.operand(1);
            CommonShape.define(
                    node,
                    x.dtype(),
                    List.of(x, slope),
                    both -> Terms.where(Terms.isNegative(x), Terms.times(both.get(1), x.term()), x.term()));
        });
    }

    /** What an activation means, given a term that may be written several times. */
    private interface Meaning {
        Term of(NodeContext node, Term x);
    }

    private static void add(OperatorTable table, String name, Meaning meaning) {
        OnnxOperator operator = node -> {
            Operand x = node.operand(0);
            node.define(0, meaning.of(node, x.term()), x.type());
        };
        table.add("", name, operator);
    }

    private static Term number(NodeContext node, double value) {
        return Terms.number(value, node.operand(0).dtype());
    }

    private static Term attribute(NodeContext node, String name, double otherwise) {
        return number(node, node.attribute(name, otherwise));
    }

    private static Term typedZero(NodeContext node) {
        return number(node, 0);
    }

    private static Term below(NodeContext node, Term x, double bound) {
        return new Infix("<", x, number(node, bound));
    }

    /** {@code alpha * (exp(x) - 1)}. */
    private static Term grown(NodeContext node, Term x, double alpha) {
        Term grown = Terms.minus(Call.of("exp", x), number(node, 1));
        return alpha == 1 ? grown : Terms.times(number(node, alpha), grown);
    }

    private static Term clipped(NodeContext node, Term x) {
        return Call.of("clip", x, number(node, 0), number(node, 1));
    }

    private static Term shrink(NodeContext node, Term x) {
        Term bias = attribute(node, "bias", 0);
        double bound = node.attribute("lambd", 0.5);
        return Terms.where(
                below(node, x, -bound),
                Terms.plus(x, bias),
                Terms.where(new Infix(">", x, number(node, bound)), Terms.minus(x, bias), typedZero(node)));
    }

    private static Term gelu(NodeContext node, Term x) {
        return switch (node.attribute("approximate", "none")) {
            case "none" -> Call.of("gelu", x);
            case "tanh" -> Call.of("gelu_tanh", x);
            default ->
                throw new UnsupportedNode("approximate=\"" + node.attribute("approximate", "") + "\" is not known");
        };
    }

    private static Term swish(NodeContext node, Term x) {
        double alpha = node.attribute("alpha", 1.0);
        DType dtype = node.operand(0).dtype();
        return alpha == 1
                ? Call.of("silu", x)
                : Terms.times(x, Call.of("sigmoid", Terms.times(Terms.number(alpha, dtype), x)));
    }
}
