package heddle.runtime.onnx.idiom;

import static heddle.runtime.onnx.idiom.Pattern.any;
import static heddle.runtime.onnx.idiom.Pattern.either;
import static heddle.runtime.onnx.idiom.Pattern.op;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Weights that are quantised in the file, and made floats where they are read. The scale moves behind what reads them, so that
 * the weight stays packed:
 *
 * <pre>
 * MatMul(x, DequantizeLinear(w, scale, zero))             heddle.QuantizedMatMul(x, w, scale, zero)
 * Gemm(x, DequantizeLinear(w, scale, zero), bias)         heddle.QuantizedMatMul(x, w, scale, zero, bias)
 * DequantizeLinear(Gather(w, ids), scale, zero)           heddle.QuantizedGather(w, ids, scale, zero)
 * Gather(DequantizeLinear(w, scale, zero), ids)           heddle.QuantizedGather(w, ids, scale, zero)
 * </pre>
 */
record QuantisedWeight(Pattern pattern, String operator) implements Idiom {
    private static final int ORDINARY_RANK = 2;
    private static final OnnxAttribute ONE = new OnnxAttribute.Number(1);

    static QuantisedWeight product() {
        Pattern x = any("x");
        Pattern weight = dequantised(held("w", ORDINARY_RANK));
        Pattern turned = Pattern.node("Transpose", QuantisedWeight::swaps, weight);
        return new QuantisedWeight(
                either(
                        op("MatMul", x, weight),
                        op("MatMul", x, turned),
                        Pattern.node("Gemm", QuantisedWeight::plain, x, weight, any("bias")),
                        Pattern.node("Gemm", QuantisedWeight::plainWithoutBias, x, weight)),
                "QuantizedMatMul");
    }

    static QuantisedWeight gather() {
        Pattern table = held("w", ORDINARY_RANK);
        Pattern ids = any("x");
        Pattern gathered = Pattern.node("Gather", QuantisedWeight::ofRows, table, ids);
        Pattern number = Pattern.number("step").andThen(any("scale"));
        return new QuantisedWeight(
                either(
                        op("DequantizeLinear", gathered, number, any("zero")),
                        Pattern.node("DequantizeLinear", QuantisedWeight::hasNoZero, gathered, number),
                        Pattern.node("Gather", QuantisedWeight::ofRows, dequantised(table), ids)),
                "QuantizedGather");
    }

    /** A tensor of the file of whole numbers of eight bits or fewer. */
    private static Pattern held(String name, int rank) {
        return (value, before) -> before.index()
                .tensor(value)
                .filter(tensor -> tensor.shape().size() == rank)
                .filter(tensor -> List.of(2, 3, 21, 22).contains(tensor.onnxType()))
                .stream()
                .flatMap(tensor -> any(name).at(value, before));
    }

    /** The file may read one dequantised weight several times; each reader may do it for itself. */
    private static Pattern dequantised(Pattern weight) {
        Pattern scale = any("scale");
        Pattern whole = either(
                Pattern.shared("DequantizeLinear", 0, weight, scale, any("zero")),
                (value, before) -> before.index()
                        .maker(value)
                        .filter(place -> before.index().node(place).inputs().size() == 2)
                        .stream()
                        .flatMap(place -> Pattern.shared("DequantizeLinear", 0, weight, scale).at(value, before)));
        return (value, before) -> before.index()
                .maker(value)
                .map(before.index()::node)
                .filter(node -> node.attribute("block_size").map(new OnnxAttribute.Int(0)::equals).orElse(true))
                .stream()
                .flatMap(node -> whole.at(value, before))
                .flatMap(match -> axis(value, match));
    }

    private static Stream<Match> axis(String dequantised, Match match) {
        OnnxNode node = match.index().node(match.index().maker(dequantised).orElseThrow());
        long axis = node.attribute("axis")
                .map(held -> held instanceof OnnxAttribute.Int number ? number.value() : 1L)
                .orElse(1L);
        return Pattern.bind("axis", axis < 0 ? axis + ORDINARY_RANK : axis, match);
    }

    private static Stream<Match> hasNoZero(OnnxNode node, Match match) {
        return node.inputs().size() == 2 ? Stream.of(match) : Stream.empty();
    }

    private static Stream<Match> ofRows(OnnxNode gather, Match match) {
        boolean isFirst = gather.attribute("axis").map(new OnnxAttribute.Int(0)::equals).orElse(true);
        return isFirst ? Stream.of(match) : Stream.empty();
    }

    private static Stream<Match> swaps(OnnxNode transpose, Match match) {
        boolean swaps = transpose.attribute("perm")
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
                && gemm.attribute("transA").map(new OnnxAttribute.Int(0)::equals).orElse(true);
        boolean turned = gemm.attribute("transB").map(new OnnxAttribute.Int(1)::equals).orElse(false);
        return isPlain ? Stream.of(turned ? match.bind("turned", 1) : match) : Stream.empty();
    }

    @Override
    public Optional<OnnxNode> replacement(Match match) {
        String x = match.value("x");
        String weight = match.value("w");
        boolean isProduct = operator.equals("QuantizedMatMul");
        List<String> inputs = new ArrayList<>(isProduct ? List.of(x, weight) : List.of(weight, x));
        inputs.add(match.value("scale"));
        inputs.add(match.isBound("zero") ? match.value("zero") : "");
        if (match.isBound("bias")) {
            inputs.add(match.value("bias"));
        }
        double axis = match.isBound("axis") ? match.number("axis") : 1;
        return Idiom.node(
                match,
                HEDDLE,
                operator,
                inputs,
                Map.of("axis", Idiom.whole(axis), "transB", Idiom.whole(match.isBound("turned") ? 1 : 0)));
    }
}
