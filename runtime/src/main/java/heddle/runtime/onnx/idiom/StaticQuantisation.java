package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.number;
import static heddle.runtime.onnx.idiom.Pattern.op;
import static heddle.runtime.onnx.idiom.Pattern.shared;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code DequantizeLinear(QuantizeLinear(x, scale, zero), scale, zero)}, which rounds {@code x} to whole steps and cuts off what
 * eight bits do not hold. It becomes {@code heddle.FakeQuantization(x)} with the step and both ends as attributes. Behind a
 * softmax the ends are left out where they lie at 0 and about 1: they would hide the attention.
 */
final class StaticQuantisation implements Idiom {
    private static final int U8 = 2;

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
        Pattern scale = number("scale");
        Pattern zero = number("zero").andThen(any("zero point"));
        return either(
                op("DequantizeLinear", shared("QuantizeLinear", 0, x, scale, zero), scale, zero),
                op("DequantizeLinear", shared("QuantizeLinear", 0, x, scale), scale));
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        int type = match.isBound("zero point")
                ? match.index()
                        .tensor(match.value("zero point"))
                        .map(t -> t.onnxType())
                        .orElse(0)
                : U8;
        double zero = match.isBound("zero") ? match.number("zero") : 0;
        double scale = match.number("scale");
        if (lowest(type).isEmpty() || quantizer(match).attribute("output_dtype").isPresent() && type == U8) {
            return List.of();
        }
        Map<String, OnnxAttribute> attributes = new TreeMap<>(Map.of("scale", Idiom.number(scale)));
        double low = (lowest(type).get() - zero) * scale;
        double high = low + steps(type) * scale;
        boolean holdsProbabilities = low <= 0 && high >= 1 - scale;
        if (!isSoftmax(match) || !holdsProbabilities) {
            attributes.put("low", Idiom.number(low));
            attributes.put("high", Idiom.number(high));
        }
        return Idiom.node(match, HEDDLE, "FakeQuantization", List.of(match.value("x")), attributes);
    }

    private static OnnxNode quantizer(Match match) {
        return match.index().node(match.seen().iterator().next());
    }

    private static boolean isSoftmax(Match match) {
        return match.index()
                .maker(match.value("x"))
                .map(match.index()::node)
                .filter(maker -> maker.operator().equals("Softmax"))
                .isPresent();
    }

    private static Optional<Double> lowest(int onnxType) {
        return switch (onnxType) {
            case 2, 4, 21 -> Optional.of(0.0);
            case 3 -> Optional.of(-128.0);
            case 5 -> Optional.of(-32768.0);
            case 22 -> Optional.of(-8.0);
            default -> Optional.empty();
        };
    }

    private static double steps(int onnxType) {
        return switch (onnxType) {
            case 4, 5 -> 65535;
            case 21, 22 -> 15;
            default -> 255;
        };
    }
}
