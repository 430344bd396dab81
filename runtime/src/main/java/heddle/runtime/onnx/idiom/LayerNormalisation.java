package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.mean;
import static heddle.runtime.onnx.idiom.Pattern.node;
import static heddle.runtime.onnx.idiom.Pattern.op;
import static heddle.runtime.onnx.idiom.Pattern.vector;

import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * Layer normalisation before opset 17, as PyTorch writes it:
 *
 * <pre>
 * d = x - ReduceMean(x);   v = ReduceMean(d ** 2);   d / Sqrt(v + eps) * scale + bias
 * </pre>
 *
 * with the difference taken once or twice, and as Keras and tf2onnx write it:
 *
 * <pre>
 * r = Reciprocal(Sqrt(v + eps)) * scale;   x * r + (bias - ReduceMean(x) * r)
 * </pre>
 */
final class LayerNormalisation implements Idiom {
    private static final Pattern PATTERN = everySpelling();

    @Override
    public Pattern pattern() {
        return PATTERN;
    }

    private static Pattern everySpelling() {
        Pattern x = any("x");
        Pattern centred = op("Sub", x, mean(x));
        Pattern converted = either(centred, node("Cast", (cast, match) -> Stream.of(match), centred));
        Pattern variance = mean(Normalisation.square(converted));
        Pattern scaled = Normalisation.scaled(centred, variance);
        return either(
                op("Add", scaled, vector("bias")),
                byFactor(x, variance),
                scaled,
                Normalisation.dividedByDeviation(centred, variance));
    }

    private static Pattern byFactor(Pattern x, Pattern variance) {
        Pattern inverse = Normalisation.inverseDeviation(variance);
        Pattern factor = either(op("Mul", inverse, vector("scale")), inverse);
        return op("Add", op("Mul", x, factor), op("Sub", vector("bias"), op("Mul", mean(x), factor)));
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        boolean lacksScale = match.isBound("bias") && !match.isBound("scale");
        return lacksScale ? List.of() : Normalisation.node("LayerNormalization", match);
    }
}
