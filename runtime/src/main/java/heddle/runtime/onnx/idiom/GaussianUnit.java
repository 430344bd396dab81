package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.number;
import static heddle.runtime.onnx.idiom.Pattern.op;
import static heddle.runtime.onnx.idiom.Pattern.product;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.Map;

/** Gelu, by its own formula or by an approximation of it. */
record GaussianUnit(Pattern pattern, String approximate) implements Idiom {
    private static final Pattern X = any("x");

    /** {@code x / 2 * (1 + Erf(x / sqrt(2)))}. */
    static GaussianUnit byErf() {
        Pattern erf = op("Erf", product(Math.sqrt(0.5), X));
        return new GaussianUnit(
                either(
                        product(0.5, X, op("Add", erf, number(1))),
                        product(1, X, op("Add", product(0.5, erf), number(0.5)))),
                "none");
    }

    /** {@code x / 2 * (1 + Tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))}, where the sum may have an {@code x} in front instead. */
    static GaussianUnit byTanh() {
        double root = Math.sqrt(2 / Math.PI);
        Pattern cubic = op("Add", X, product(0.044715, X, X, X));
        Pattern quadratic = op("Add", number(1), product(0.044715, X, X));
        Pattern cubicRoot = op("Add", product(root, X), product(root * 0.044715, X, X, X));
        Pattern tanh = op("Tanh", either(product(root, cubic), product(root, X, quadratic), cubicRoot));
        return new GaussianUnit(
                either(
                        product(0.5, X, op("Add", tanh, number(1))),
                        product(1, X, op("Add", product(0.5, tanh), number(0.5)))),
                "tanh");
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        return Idiom.node(
                match,
                "",
                "Gelu",
                List.of(match.value("x")),
                Map.of("approximate", new OnnxAttribute.Text(approximate)));
    }
}
