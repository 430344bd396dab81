package heddle.runtime.onnx.operator.fused;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.MatrixProducts;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Two or three steps that ONNX Runtime has one operator for: a sum and an activation, a product and a factor. */
final class FusedSteps {
    private static final String MICROSOFT = "com.microsoft";
    private static final double QUICK = 1.702;

    private FusedSteps() {}

    static void addTo(OperatorTable table) {
        table.add(MICROSOFT, "Gelu", node -> activation(node, "gelu"));
        table.add(MICROSOFT, "BiasGelu", node -> activation(node, "gelu"));
        table.add(MICROSOFT, "FastGelu", node -> activation(node, "gelu_tanh"));
        table.add(MICROSOFT, "QuickGelu", FusedSteps::quick);
        table.add(MICROSOFT, "FusedMatMul", FusedSteps::product);
        table.add(MICROSOFT, "TransposeMatMul", FusedSteps::product);
        table.add(MICROSOFT, "FusedGemm", FusedSteps::general);
    }

    /** Of {@code x + bias}, or of {@code x} alone. */
    private static void activation(NodeContext node, String function) {
        Operand x = node.operand(0);
        Term sum = node.has(1) ? Terms.plus(x.term(), Terms.tensor(node.operand(1))) : x.term();
        node.define(0, Call.of(function, sum), x.type());
    }

    /** {@code x * sigmoid(alpha * x)}. */
    private static void quick(NodeContext node) {
        Operand x = node.operand(0);
        Term inner = Terms.times(Terms.number(node.attribute("alpha", QUICK), x.dtype()), x.term());
        node.define(0, Terms.times(x.term(), Call.of("sigmoid", inner)), x.type());
    }

    /** {@code alpha * A @ B}, each perhaps with its last two axes swapped. */
    private static void product(NodeContext node) {
        if (node.attribute("transBatchA", 0) != 0 || node.attribute("transBatchB", 0) != 0) {
            throw new UnsupportedNode("transBatchA and transBatchB are not known");
        }
        define(
                node,
                turned(node.operand(0), node.attribute("transA", 0)),
                turned(node.operand(1), node.attribute("transB", 0)));
    }

    private static void define(NodeContext node, Operand a, Operand b) {
        List<Dim> shape = MatrixProducts.shape(node, a.dims(), b.dims());
        Term product =
                MatrixProducts.scaled(new Infix("@", a.term(), b.term()), node.attribute("alpha", 1.0), a.dtype());
        node.define(0, product, Terms.type(a.dtype(), shape));
    }

    private static Operand turned(Operand x, long turn) {
        if (turn == 0 || x.rank() < 2) {
            return new Operand(Terms.tensor(x), x.type(), x.known());
        }
        int last = x.rank() - 1;
        List<Dim> dims = Terms.with(
                Terms.with(x.dims(), last, x.dims().get(last - 1)),
                last - 1,
                x.dims().get(last));
        return new Operand(Call.of("transpose", Terms.tensor(x)), Terms.type(x.dtype(), dims), Optional.empty());
    }

    /** {@code activation(alpha * A @ B + beta * C)}. */
    private static void general(NodeContext node) {
        Operand sum = MatrixProducts.scaledSum(node);
        String activation = node.attribute("activation", "");
        Term result = switch (activation) {
            case "" -> sum.term();
            case "Relu", "Sigmoid", "Tanh" -> Call.of(activation.toLowerCase(Locale.ROOT), sum.term());
            default -> throw new UnsupportedNode("the activation " + activation);
        };
        node.define(0, result, sum.type());
    }
}
