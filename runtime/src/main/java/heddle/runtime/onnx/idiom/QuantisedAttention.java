package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.op;
import static heddle.runtime.onnx.idiom.Pattern.shared;

import heddle.runtime.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.List;

/**
 * ONNX Runtime's {@code QAttention} of an operand that is quantised while the model runs. It reads the operand itself instead, and
 * neither its scale nor its zero point.
 */
final class QuantisedAttention implements Idiom {
    private static final int SCALE = 3;
    private static final int ZERO = 6;
    private static final Pattern PATTERN = op(
            "com.microsoft.QAttention",
            shared("DynamicQuantizeLinear", 0, any("x")),
            any("w"),
            any("bias"),
            shared("DynamicQuantizeLinear", 1, any("x")));

    @Override
    public boolean leavesOutRounding() {
        return true;
    }

    @Override
    public Pattern pattern() {
        return PATTERN;
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        OnnxNode node = match.index().node(match.absorbed().iterator().next());
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, match.value("x"));
        inputs.set(SCALE, "");
        if (inputs.size() > ZERO) {
            inputs.set(ZERO, "");
        }
        return List.of(new OnnxNode(
                Idiom.names(match), node.domain(), node.operator(), inputs, node.outputs(), node.attributes()));
    }
}
