package heddle.runtime.onnx.operator.quantised;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.MatrixProducts;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.operator.fused.PackedAttention;
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

/**
 * Products with matrices of whole numbers. They are computed in floats, which are exact for sums of whole numbers up to 2 ** 24. The
 * zero point of a weight is taken off the product: {@code x @ (w - z)} is {@code x @ w - sum(x) * z}.
 */
final class QuantisedProducts {
    private static final String AS_THEY_ARE =
            "Products with quantised weights take activations as they are. The file rounds"
                    + " them to 255 steps of their range, so that each factor differs by half a step at most.";

    private QuantisedProducts() {}

    static void addTo(OperatorTable table) {
        table.add("heddle", "QuantizedMatMul", QuantisedProducts::withFloats);
        table.add("com.microsoft", "DynamicQuantizeMatMul", QuantisedProducts::withFloats);
        table.add("", "MatMulInteger", QuantisedProducts::ofWholes);
        table.add("com.microsoft", "MatMulIntegerToFloat", QuantisedProducts::ofWholesToFloat);
        table.add("", "QLinearMatMul", QuantisedProducts::roundedAgain);
        table.add("com.microsoft", "QGemm", QuantisedProducts::general);
        table.add("com.microsoft", "QAttention", QuantisedProducts::attention);
    }

    /** {@code x, weight, scale, zero point?, bias?}, with a scale for all, for each row or each column of the weight. */
    private static void withFloats(NodeContext node) {
        if (node.node().operator().equals("DynamicQuantizeMatMul") || node.attribute("rounds", 0) != 0) {
            node.note(AS_THEY_ARE);
        }
        product(node, node.operand(0), 1, 2, 3, 4);
    }

    private static void product(NodeContext node, Operand x, int weight, int scale, int zero, int bias) {
        boolean turned = node.attribute("transB", 0) != 0;
        boolean alongColumns = (node.attribute("axis", 1) == 0) == turned;
        Factor w = Factor.of(node, weight, zero, turned);
        Operand s = node.operand(scale);
        Term result;
        if (s.rank() > 0
                && w.zero().isEmpty()
                && s.term() instanceof Term.Weight scales
                && w.held().isPresent()) {
            String per = node.attribute("axis", 1) == 0 ? "row" : "column";
            Term held = w.held().get().scaled(per, scales.name());
            result = new Infix("@", x.term(), turned ? Call.of("transpose", held) : held);
        } else if (s.rank() == 0 || s.dims().getLast().is(1) || alongColumns) {
            result = Terms.times(less(x, w, true), number(s));
        } else {
            Operand scaled = node.step("scaled", Terms.times(x.term(), Terms.tensor(s)), x.type());
            result = less(scaled, w, false);
        }
        List<Dim> shape = MatrixProducts.shape(node, x.dims(), w.dims());
        if (node.has(bias)) {
            result = Terms.plus(result, Terms.tensor(node.operand(bias)));
        }
        node.define(0, result, Terms.type(x.dtype(), shape));
    }

    /** Attention whose matrix for queries, keys and values is quantised; the operand is, unless it has no scale. */
    private static void attention(NodeContext node) {
        boolean isRounded = node.has(3);
        Operand x = isRounded ? left(node, 0, 6, Optional.of(number(node.operand(3)))) : node.operand(0);
        if (!isRounded) {
            node.note(AS_THEY_ARE);
        }
        Factor w = Factor.of(node, 1, 7, false);
        Term product = Terms.times(less(x, w, true), number(node.operand(4)));
        PackedAttention.define(node, x, product, w.dims().getLast(), new PackedAttention.Places(2, 5, 8, -1));
    }

    private static Term number(Operand x) {
        return Terms.number(x).<Term>map(n -> Terms.number(n, x.dtype())).orElseGet(() -> Terms.tensor(x));
    }

    /** {@code x @ w - sum(x) * zero}. @param alongColumns whether zero points belong to columns of the product */
    private static Term less(Operand x, Factor w, boolean alongColumns) {
        Term product = new Infix("@", x.term(), w.term());
        if (w.zero().isEmpty()) {
            return product;
        }
        Operand zero = w.zero().get();
        boolean isNumber = Terms.number(zero).isPresent();
        Term summed = alongColumns || isNumber ? x.term() : Terms.times(x.term(), Terms.tensor(zero));
        Term sum = Terms.call("sum", summed, "axis", Terms.whole(-1), "keepdims", Terms.truth(true));
        if (!alongColumns && !isNumber) {
            return Terms.minus(product, sum);
        }
        double number = Terms.number(zero).orElse(0.0);
        return isNumber && number < 0
                ? Terms.plus(product, Terms.times(sum, Terms.number(-number, x.dtype())))
                : Terms.minus(product, Terms.times(sum, number(zero)));
    }

    /** The left factor in floats, without its zero point, which may be one for each row. */
    private static Operand left(NodeContext node, int index, int zero, Optional<Term> scale) {
        Operand q = node.operand(index);
        Term floats = Terms.as(q, DType.F32);
        if (zero >= 0 && node.has(zero)) {
            Operand z = node.operand(zero);
            Optional<Double> number = ZeroPoints.number(node, zero);
            if (number.isPresent()) {
                floats = number.get() == 0 ? floats : Terms.minus(floats, Terms.number(number.get(), DType.F32));
            } else {
                Term point = Terms.as(z, DType.F32);
                floats = Terms.minus(floats, z.rank() == 1 ? Terms.along(point, 0, 2) : point);
            }
        }
        Term scaled = scale.isPresent() ? Terms.times(floats, scale.get()) : floats;
        return node.step("left", scaled, Terms.type(DType.F32, q.dims()));
    }

    private static void ofWholes(NodeContext node) {
        Operand a = left(node, 0, 2, Optional.empty());
        Factor b = Factor.of(node, 1, 3, false);
        node.note("Products of whole numbers are summed in f32, which is exact up to 2 ** 24.");
        node.define(
                0,
                Terms.cast(less(a, b, true), DType.I32),
                Terms.type(DType.I32, MatrixProducts.shape(node, a.dims(), b.dims())));
    }

    private static void ofWholesToFloat(NodeContext node) {
        Operand scale = node.operand(2);
        Term s = scale.rank() == 1 && !scale.dims().getFirst().is(1)
                ? Terms.along(Terms.tensor(scale), 0, 2)
                : number(scale);
        product(node, left(node, 0, 4, Optional.of(s)), 1, 3, 5, 6);
    }

    /** The result is rounded to steps of its own scale. */
    private static void roundedAgain(NodeContext node) {
        Operand a = left(node, 0, 2, Optional.empty());
        Factor b = Factor.of(node, 3, 5, false);
        Term step = ratio(List.of(node.operand(1), node.operand(4)), node.operand(6));
        Term real = Terms.times(less(a, b, true), step);
        double[] range = Quantisation.range(node.tensor(7)
                .orElseThrow(() -> new UnsupportedNode("its zero point is only known when the model runs"))
                .onnxType());
        double zero = Terms.number(node.operand(7))
                .orElseThrow(() -> new UnsupportedNode("it has a zero point for each row of its result"));
        node.define(
                0,
                Quantisation.rounded(
                        real, zero == 0 ? Optional.empty() : Optional.of(Terms.number(zero, DType.F32)), range),
                Terms.type(DType.I32, MatrixProducts.shape(node, a.dims(), b.dims())));
    }

    private static Term ratio(List<Operand> factors, Operand divisor) {
        Optional<Double> known = Terms.number(divisor).map(d -> 1 / d);
        List<Term> others = new ArrayList<>();
        for (Operand factor : factors) {
            Optional<Double> number = Terms.number(factor);
            known = known.flatMap(k -> number.map(n -> k * n));
            others.add(number(factor));
        }
        return known.isPresent()
                ? Terms.number(known.get(), DType.F32)
                : Terms.over(others.stream().reduce(Terms::times).orElseThrow(), number(divisor));
    }

    /** {@code alpha * A @ B + C}, in floats, or rounded where a scale of the result is given. */
    private static void general(NodeContext node) {
        if (node.attribute("transA", 0) != 0 || node.has(7) || node.has(8)) {
            throw new UnsupportedNode("QGemm with transA, or with a result that is rounded again");
        }
        Operand a = left(node, 0, 2, Optional.empty());
        Factor b = Factor.of(node, 3, 5, node.attribute("transB", 0) != 0);
        Term product = less(a, b, true);
        if (node.has(6)) {
            product = Terms.plus(product, Terms.as(node.operand(6), DType.F32));
        }
        Term scale = Terms.times(number(node.operand(1)), number(node.operand(4)));
        double alpha = node.attribute("alpha", 1.0);
        Term all = alpha == 1 ? scale : Terms.times(Terms.number(alpha, DType.F32), scale);
        node.define(
                0, Terms.times(product, all), Terms.type(DType.F32, MatrixProducts.shape(node, a.dims(), b.dims())));
    }
}
