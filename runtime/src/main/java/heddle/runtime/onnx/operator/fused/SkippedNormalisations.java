package heddle.runtime.onnx.operator.fused;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.NodeAxes;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Normalisations together with the sum before them, without a scale, or by another name. */
final class SkippedNormalisations {
    private static final String MICROSOFT = "com.microsoft";
    private static final double EPSILON = 1e-5;
    private static final double EPSILON_OF_SUMS = 1e-12;
    private static final int SUM = 3;

    private SkippedNormalisations() {}

    static void addTo(OperatorTable table) {
        for (String domain : List.of("", MICROSOFT)) {
            table.add(domain, "SimplifiedLayerNormalization", node -> alone(node, "rms_norm"));
        }
        table.add("heddle", "LayerNormalization", node -> alone(node, "layer_norm"));
        table.add("heddle", "RMSNormalization", node -> alone(node, "rms_norm"));
        table.add(MICROSOFT, "SkipLayerNormalization", node -> behindSum(node, "layer_norm", 3, 4));
        table.add(MICROSOFT, "SkipSimplifiedLayerNormalization", node -> behindSum(node, "rms_norm", -1, 3));
        table.add(MICROSOFT, "EmbedLayerNormalization", SkippedNormalisations::ofEmbeddings);
    }

    /** {@code x, scale?, bias?} along one axis, which need not be the last one. */
    private static void alone(NodeContext node, String function) {
        if (node.isRead(1)) {
            throw new UnsupportedNode("somebody reads its statistics");
        }
        Operand x = node.operand(0);
        int axis = NodeAxes.attribute(node, -1, x.rank());
        Term epsilon = Terms.number(node.attribute("epsilon", EPSILON), DType.F32);
        List<Operand> vectors = vectors(node, 1, 2);
        boolean isLast = axis == x.rank() - 1;
        if (isLast && areFor(x, vectors)) {
            node.define(0, norm(function, x.term(), vectors, epsilon), x.type());
            return;
        }
        Term result = isLast
                ? Terms.call(function, x.term(), "eps", epsilon)
                : Terms.call(function, x.term(), "eps", epsilon, "axis", Terms.whole(axis));
        for (int i = 0; i < vectors.size(); i++) {
            Term vector = Terms.tensor(vectors.get(i));
            result = i == 0 ? Terms.times(result, vector) : Terms.plus(result, vector);
        }
        node.define(0, result, x.type());
    }

    private static List<Operand> vectors(NodeContext node, int... places) {
        List<Operand> vectors = new ArrayList<>();
        for (int place : places) {
            if (place >= 0 && node.has(place)) {
                vectors.add(node.operand(place));
            }
        }
        return vectors;
    }

    private static boolean areFor(Operand x, List<Operand> vectors) {
        return vectors.stream().allMatch(v -> v.dims().equals(List.of(x.dims().getLast())));
    }

    private static Term norm(String function, Term x, List<Operand> vectors, Term epsilon) {
        List<Term> operands = new ArrayList<>(List.of(x));
        vectors.forEach(v -> operands.add(Terms.tensor(v)));
        return Terms.call(function, operands, "eps", epsilon);
    }

    /** The norm of {@code input + skip + bias}; the sum is a result as well. */
    private static void behindSum(NodeContext node, String function, int beta, int bias) {
        if (node.isRead(1) || node.isRead(2)) {
            throw new UnsupportedNode("somebody reads its statistics");
        }
        Operand x = node.operand(0);
        Term sum = Terms.plus(Terms.tensor(x), Terms.tensor(node.operand(1)));
        if (node.has(bias)) {
            sum = Terms.plus(sum, Terms.tensor(node.operand(bias)));
        }
        Operand whole = node.step("sum", sum, x.type());
        node.define(SUM, whole);
        Term epsilon = Terms.number(node.attribute("epsilon", EPSILON_OF_SUMS), DType.F32);
        node.define(0, norm(function, whole.term(), vectors(node, 2, beta), epsilon), x.type());
    }

    /** Words, positions and kinds of a text, summed and normalised; and how many words there are. */
    private static void ofEmbeddings(NodeContext node) {
        Operand ids = node.operand(0);
        Operand words = node.operand(2);
        Dim length = ids.dims().get(1);
        Term sum = Call.of("gather", Terms.tensor(words), ids.term());
        Operand places = node.operand(3);
        sum = Terms.plus(
                sum,
                node.has(8)
                        ? Call.of(
                                "gather", Terms.tensor(places), node.operand(8).term())
                        : Terms.slice(Terms.tensor(places), 0, Dim.ZERO, length));
        if (node.has(1)) {
            sum = Terms.plus(
                    sum,
                    Call.of(
                            "gather",
                            Terms.tensor(node.operand(4)),
                            node.operand(1).term()));
        }
        List<Dim> shape = List.of(ids.dims().getFirst(), length, words.dims().getLast());
        Operand whole = node.step("sum", sum, Terms.type(words.dtype(), shape));
        node.define(2, whole);
        Term epsilon = Terms.number(node.attribute("epsilon", EPSILON_OF_SUMS), DType.F32);
        node.define(0, norm("layer_norm", whole.term(), vectors(node, 5, 6), epsilon), whole.type());
        count(node, ids, Optional.of(7).filter(node::has).map(node::operand));
    }

    private static void count(NodeContext node, Operand ids, Optional<Operand> mask) {
        List<Dim> texts = List.of(ids.dims().getFirst());
        Term count = mask.<Term>map(m -> Terms.call(
                        "sum",
                        Terms.cast(new Infix("!=", m.term(), Terms.whole(0)), DType.I32),
                        "axis",
                        Terms.whole(-1)))
                .orElseGet(() -> Call.of("full", Terms.lengths(texts), Terms.whole(0), Terms.dtype(DType.I32)));
        node.define(1, count, Terms.type(DType.I32, texts));
    }
}
