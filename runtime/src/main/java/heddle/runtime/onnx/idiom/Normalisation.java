package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.number;
import static heddle.runtime.onnx.idiom.Pattern.op;
import static heddle.runtime.onnx.idiom.Pattern.product;

import heddle.runtime.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What normalisations have in common. They bind {@code x}, {@code eps}, {@code axis} and perhaps {@code scale} and {@code bias}. */
final class Normalisation {
    private Normalisation() {}

    static Pattern square(Pattern x) {
        return either(op("Pow", x, number(2)), product(1, x, x));
    }

    /** {@code centred / sqrt(variance + eps)}. */
    static Pattern dividedByDeviation(Pattern centred, Pattern variance) {
        Pattern shifted = op("Add", variance, number("eps"));
        return either(
                op("Div", centred, either(op("Sqrt", shifted), op("Pow", shifted, number(0.5)))),
                op("Mul", centred, inverseDeviation(variance)));
    }

    /** {@code 1 / sqrt(variance + eps)}. */
    static Pattern inverseDeviation(Pattern variance) {
        Pattern shifted = op("Add", variance, number("eps"));
        return either(
                op("Reciprocal", op("Sqrt", shifted)),
                op("Div", number(1), op("Sqrt", shifted)),
                op("Pow", shifted, number(-0.5)));
    }

    /** {@code centred / sqrt(variance + eps) * scale}, however it is grouped. */
    static Pattern scaled(Pattern centred, Pattern variance) {
        Pattern scale = Pattern.vector("scale");
        return either(
                op("Mul", dividedByDeviation(centred, variance), scale),
                op("Mul", centred, op("Mul", inverseDeviation(variance), scale)));
    }

    /**
     * ONNX's own operator where the last axis is surely meant and the scale has its length; else one of ours that says the
     * axis and needs no scale.
     */
    static List<OnnxNode> node(String operator, Match match) {
        List<String> inputs = new ArrayList<>(List.of(match.value("x")));
        for (String name : List.of("scale", "bias")) {
            if (match.isBound(name)) {
                inputs.add(match.value(name));
            }
        }
        boolean isStandard = match.number("axis") == -1
                && match.isBound("scale")
                && match.index()
                        .weight(match.value("scale"))
                        .filter(shape -> shape.size() == 1 && shape.getFirst() > 1)
                        .isPresent();
        return Idiom.node(
                match,
                isStandard ? "" : Idiom.HEDDLE,
                operator,
                inputs,
                Map.of("axis", Idiom.whole(match.number("axis")), "epsilon", Idiom.number(match.number("eps"))));
    }
}
