package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.node;
import static heddle.runtime.onnx.idiom.Pattern.op;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A weight that is quantised in the file, and made floats for a product. The scale moves behind the product, so that the weight
 * stays packed:
 *
 * <pre>
 * MatMul(x, DequantizeLinear(w, scale, zero))             heddle.QuantizedMatMul(x, w, scale, zero)
 * Gemm(x, DequantizeLinear(w, scale, zero), bias)         heddle.QuantizedMatMul(x, w, scale, zero, bias)
 * </pre>
 */
final class QuantisedWeight implements Idiom {
    private static final OnnxAttribute ONE = new OnnxAttribute.Number(1);
    private static final Pattern PATTERN = everySpelling();

    @Override
    public Pattern pattern() {
        return PATTERN;
    }

    private static Pattern everySpelling() {
        Pattern x = any("x");
        Pattern weight = HeldTensor.dequantised(HeldTensor.matrix("w"), any("scale"));
        return either(
                op("MatMul", x, weight),
                op("MatMul", x, node("Transpose", QuantisedWeight::swaps, weight)),
                node("Gemm", QuantisedWeight::plain, x, weight, any("bias")),
                node("Gemm", QuantisedWeight::plainWithoutBias, x, weight));
    }

    private static Stream<Match> swaps(OnnxNode transpose, Match match) {
        boolean swaps = transpose
                .attribute("perm")
                .map(new OnnxAttribute.Ints(List.of(1L, 0L))::equals)
                .orElse(true);
        return swaps ? Stream.of(match.bind("turned", 1)) : Stream.empty();
    }

    private static Stream<Match> plainWithoutBias(OnnxNode gemm, Match match) {
        return gemm.inputs().size() == 2 ? plain(gemm, match) : Stream.empty();
    }

    private static Stream<Match> plain(OnnxNode gemm, Match match) {
        boolean isPlain = gemm.attribute("alpha").map(ONE::equals).orElse(true)
                && gemm.attribute("beta").map(ONE::equals).orElse(true)
                && gemm.attribute("transA")
                        .map(new OnnxAttribute.Int(0)::equals)
                        .orElse(true);
        boolean turned =
                gemm.attribute("transB").map(new OnnxAttribute.Int(1)::equals).orElse(false);
        return isPlain ? Stream.of(turned ? match.bind("turned", 1) : match) : Stream.empty();
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        List<String> inputs = new ArrayList<>(List.of(
                match.value("x"),
                match.value("w"),
                match.value("scale"),
                match.isBound("zero") ? match.value("zero") : ""));
        if (match.isBound("bias")) {
            inputs.add(match.value("bias"));
        }
        return Idiom.node(
                match,
                HEDDLE,
                "QuantizedMatMul",
                inputs,
                Map.of(
                        "axis",
                        Idiom.whole(match.number("axis")),
                        "transB",
                        Idiom.whole(match.isBound("turned") ? 1 : 0)));
    }
}
