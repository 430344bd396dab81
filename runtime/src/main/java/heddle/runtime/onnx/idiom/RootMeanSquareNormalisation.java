package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.mean;
import static heddle.runtime.onnx.idiom.Pattern.node;
import static heddle.runtime.onnx.idiom.Pattern.op;
import static heddle.runtime.onnx.idiom.Pattern.vector;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * RMS norm, as PyTorch writes it for T5, Llama and their kin:
 *
 * <pre>
 * v = ReduceMean(x ** 2);   scale * (x * (1 / Sqrt(v + eps)))
 * </pre>
 *
 * Where the operand was converted to {@code f32} before, the conversion of the normalised values to {@code f32} changes nothing.
 * One to half floats stays, and the scale behind it.
 */
final class RootMeanSquareNormalisation implements Idiom {
    private static final OnnxAttribute TO_F32 = new OnnxAttribute.Int(1);

    private static final Pattern IN_F32 = (value, match) -> match
            .index()
            .maker(match.value("x"))
            .map(match.index()::node)
            .filter(maker -> maker.operator().equals("Cast") && isToF32(maker))
            .stream()
            .map(maker -> match);

    private static final Pattern PATTERN = everySpelling();

    @Override
    public Pattern pattern() {
        return PATTERN;
    }

    private static Pattern everySpelling() {
        Pattern x = any("x");
        Pattern variance = mean(Normalisation.square(x));
        Pattern normalised = Normalisation.dividedByDeviation(x, variance);
        return either(
                Normalisation.scaled(x, variance),
                op(
                        "Mul",
                        vector("scale"),
                        node("Cast", RootMeanSquareNormalisation::toF32, normalised.andThen(IN_F32))),
                normalised);
    }

    private static Stream<Match> toF32(OnnxNode cast, Match match) {
        return isToF32(cast) ? Stream.of(match) : Stream.empty();
    }

    private static boolean isToF32(OnnxNode cast) {
        return cast.attribute("to").map(TO_F32::equals).orElse(false);
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        return Normalisation.node("RMSNormalization", match);
    }
}
