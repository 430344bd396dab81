package heddle.runtime.onnx.operator.quantised;

import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.Shapes;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** ONNX Runtime's elementwise operators on whole numbers: floats are made of them, and the result is rounded to its own scale. */
final class QuantisedSteps {
    private QuantisedSteps() {}

    static void addTo(OperatorTable table) {
        table.add("com.microsoft", "QLinearAdd", node -> ofTwo(node, Terms::plus));
        table.add("com.microsoft", "QLinearMul", node -> ofTwo(node, Terms::times));
        table.add("com.microsoft", "QLinearSigmoid", node -> {
            Term result = Call.of("sigmoid", floats(node, 0));
            define(node, result, node.operand(0).type().shape(), 3);
        });
        table.add("com.microsoft", "QLinearLeakyRelu", node -> {
            Operand x = node.step(
                    "floats",
                    floats(node, 0),
                    Terms.type(DType.F32, node.operand(0).dims()));
            Term slope = Terms.number(node.attribute("alpha", 0.01), DType.F32);
            Term result = Terms.where(Terms.isNegative(x), Terms.times(slope, x.term()), x.term());
            define(node, result, x.type().shape(), 3);
        });
    }

    private static void ofTwo(NodeContext node, BinaryOperator<Term> step) {
        Shape shape = Shapes.broadcast(
                node, node.operand(0).type().shape(), node.operand(3).type().shape());
        define(node, step.apply(floats(node, 0), floats(node, 3)), shape, 6);
    }

    /** {@code (x - zero) * scale}, which are three operands in a row. */
    private static Term floats(NodeContext node, int index) {
        Term x = Terms.as(node.operand(index), DType.F32);
        double zero = zero(node, index + 2);
        return Terms.times(zero == 0 ? x : Terms.minus(x, Terms.number(zero, DType.F32)), scale(node, index + 1));
    }

    private static Term scale(NodeContext node, int index) {
        Operand scale = node.operand(index);
        return Terms.number(scale)
                .map(known -> Terms.number(known, DType.F32))
                .orElseThrow(() -> new UnsupportedNode("a scale that is not one known number"));
    }

    private static double zero(NodeContext node, int index) {
        return node.has(index)
                ? ZeroPoints.number(node, index)
                        .orElseThrow(() -> new UnsupportedNode("a zero point that is not one known number"))
                : 0;
    }

    /** Rounds to the scale and zero point at {@code index}, and to the range of the zero point's type. */
    private static void define(NodeContext node, Term floats, Shape shape, int index) {
        int type = node.tensor(index + 1)
                .orElseThrow(() -> new UnsupportedNode("it has no zero point that says a type"))
                .onnxType();
        double zero = zero(node, index + 1);
        Optional<Term> point = zero == 0 ? Optional.empty() : Optional.of(Terms.number(zero, DType.F32));
        Term result = Quantisation.rounded(Terms.over(floats, scale(node, index)), point, Quantisation.range(type));
        node.define(0, result, Terms.type(DType.I32, shape.dims()));
    }
}
