package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.node;
import static heddle.runtime.onnx.idiom.Pattern.number;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Rows of a table that is quantised with one scale. The look-up stays, and reads the table as it is held; what it finds is scaled:
 *
 * <pre>
 * DequantizeLinear(Gather(w, ids), scale, zero)           heddle.Scaled(Gather(heddle.HeldWeight(w), ids))
 * Gather(DequantizeLinear(w, scale, zero), ids)           the same
 * </pre>
 */
final class QuantisedTable implements Idiom {
    private static final Pattern PATTERN = everySpelling();

    @Override
    public Pattern pattern() {
        return PATTERN;
    }

    private static Pattern everySpelling() {
        Pattern table = HeldTensor.matrix("w");
        Pattern scale = number("scale");
        Pattern rows = node("Gather", QuantisedTable::ofRows, table, any("ids"));
        return either(
                node("DequantizeLinear", (node, match) -> only(!HeldTensor.hasZero(node), match), rows, scale),
                node(
                        "DequantizeLinear",
                        (node, match) -> only(HeldTensor.hasZero(node), match),
                        rows,
                        scale,
                        any("zero")),
                node("Gather", QuantisedTable::ofRows, HeldTensor.dequantised(table, scale), any("ids")));
    }

    private static Stream<Match> ofRows(OnnxNode gather, Match match) {
        return only(
                gather.attribute("axis").map(new OnnxAttribute.Int(0)::equals).orElse(true), match);
    }

    private static Stream<Match> only(boolean condition, Match match) {
        return condition ? Stream.of(match) : Stream.empty();
    }

    @Override
    public List<OnnxNode> replacement(Match match) {
        String table = match.value("w");
        Optional<Double> zero = match.isBound("zero") ? match.index().number(match.value("zero")) : Optional.of(0.0);
        if (zero.isEmpty()) {
            return List.of();
        }
        List<String> names = Idiom.names(match);
        String result = Idiom.outputs(match).getFirst();
        List<String> held = List.of(result + "/held");
        List<String> rows = List.of(result + "/rows");
        int shift = HeldTensor.shift(match.index().tensor(table).orElseThrow());
        return List.of(
                new OnnxNode(names, HEDDLE, "HeldWeight", List.of(table), held, Map.of()),
                new OnnxNode(names, "", "Gather", List.of(held.getFirst(), match.value("ids")), rows, Map.of()),
                new OnnxNode(
                        names,
                        HEDDLE,
                        "Scaled",
                        rows,
                        List.of(result),
                        Map.of(
                                "scale",
                                Idiom.number(match.number("scale")),
                                "zero",
                                Idiom.number(zero.get() - shift))));
    }
}
