package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.op;
import static heddle.runtime.onnx.idiom.Pattern.product;

import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.Map;

/** {@code x * Sigmoid(alpha * x)}: silu for 1, the quick gelu of CLIP for 1.702. */
record SigmoidUnit(Pattern pattern, String domain, String operator, double alpha) implements Idiom {
    static SigmoidUnit silu() {
        Pattern x = any("x");
        return new SigmoidUnit(product(1, x, op("Sigmoid", x)), "", "Swish", 1);
    }

    static SigmoidUnit quickGelu() {
        Pattern x = any("x");
        return new SigmoidUnit(product(1, x, op("Sigmoid", product(1.702, x))), "com.microsoft", "QuickGelu", 1.702);
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        return Idiom.node(match, domain, operator, List.of(match.value("x")), Map.of("alpha", Idiom.number(alpha)));
    }
}
