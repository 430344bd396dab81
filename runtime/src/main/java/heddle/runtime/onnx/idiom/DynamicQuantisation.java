package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.op;
import static heddle.runtime.onnx.idiom.Pattern.shared;

import heddle.runtime.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A product with a quantised weight, whose other operand is quantised while the model runs:
 *
 * <pre>
 * q, s, z = DynamicQuantizeLinear(x);   Cast(MatMulInteger(q, w, z, zero)) * (s * scale)
 * </pre>
 *
 * becomes {@code heddle.QuantizedMatMul(x, w, scale, zero)}. Several products may share the quantised operand.
 */
final class DynamicQuantisation implements Idiom {
    private static final Pattern PATTERN = everySpelling();

    @Override
    public boolean leavesOutRounding() {
        return true;
    }

    @Override
    public Pattern pattern() {
        return PATTERN;
    }

    private static Pattern everySpelling() {
        Pattern x = any("x");
        Pattern quantised = shared("DynamicQuantizeLinear", 0, x);
        Pattern step = shared("DynamicQuantizeLinear", 1, x);
        Pattern zero = shared("DynamicQuantizeLinear", 2, x);
        Pattern scale = any("scale");
        Pattern product = either(
                op("MatMulInteger", quantised, any("w"), zero, any("zero")),
                op("MatMulInteger", quantised, any("w"), zero));
        Pattern sum = op("Cast", product);
        return either(
                op("Mul", sum, op("Mul", step, scale)),
                op("Mul", op("Mul", sum, step), scale),
                op("Mul", op("Mul", sum, scale), step),
                op("com.microsoft.MatMulIntegerToFloat", quantised, any("w"), step, scale, zero, any("zero")),
                op("com.microsoft.MatMulIntegerToFloat", quantised, any("w"), step, scale, zero));
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        int root = match.absorbed().stream().max(Integer::compare).orElseThrow();
        List<String> operands = match.index().node(root).inputs();
        boolean hasBias = operands.size() > 6 && !operands.get(6).isEmpty();
        List<String> inputs = new ArrayList<>(List.of(
                match.value("x"),
                match.value("w"),
                match.value("scale"),
                match.isBound("zero") ? match.value("zero") : ""));
        if (hasBias) {
            inputs.add(operands.get(6));
        }
        return Idiom.node(match, HEDDLE, "QuantizedMatMul", inputs, Map.of("rounds", Idiom.whole(1)));
    }
}
