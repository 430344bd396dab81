package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Elements brought to a common scale: by mean and variance, by length, by neighbours. */
final class Normalisations {
    private static final double EPSILON = 1e-5;

    /** Neighbours that are written out, each as a part of the tensor. */
    private static final long MOST_NEIGHBOURS = 32;

    private Normalisations() {}

    static void addTo(OperatorTable table) {
        table.add("", "LayerNormalization", node -> alongLast(node, "layer_norm"));
        table.add("", "RMSNormalization", node -> alongLast(node, "rms_norm"));
        table.add("", "BatchNormalization", Normalisations::batch);
        table.add("", "InstanceNormalization", node -> {
            Operand x = node.operand(0);
            grouped(node, x, x.dims().get(1), node.operand(1), node.operand(2));
        });
        table.add("", "GroupNormalization", Normalisations::group);
        table.add("", "LpNormalization", Normalisations::length);
        table.add("", "MeanVarianceNormalization", Normalisations::meanVariance);
        table.add("", "LRN", Normalisations::neighbours);
    }

    /** Normalisation along the last axes, which weight and bias have too. */
    private static void alongLast(NodeContext node, String function) {
        Operand x = node.operand(0);
        int axis = NodeAxes.attribute(node, -1, x.rank());
        Term epsilon = Terms.number(node.attribute("epsilon", EPSILON), DType.F32);
        Operand weight = node.operand(1);
        Optional<Operand> bias = node.has(2) ? Optional.of(node.operand(2)) : Optional.empty();
        List<Dim> last = x.dims().subList(axis, x.rank());
        if (function.equals("layer_norm")) {
            statistics(node, x, axis, epsilon);
        }
        boolean isVector = weight.dims().equals(last)
                && bias.map(b -> b.dims().equals(last)).orElse(true);
        if (last.size() == 1 && isVector) {
            List<Term> operands = new ArrayList<>(List.of(Terms.tensor(x), Terms.tensor(weight)));
            bias.ifPresent(b -> operands.add(Terms.tensor(b)));
            node.define(0, Terms.call(function, operands, "eps", epsilon), x.type());
            return;
        }
        Term flat = last.size() == 1
                ? Terms.tensor(x)
                : Terms.call("merge_axes", List.of(x.term(), Terms.whole(axis), Terms.whole(-1)));
        Term norm = Terms.call(function, flat, "eps", epsilon);
        Term scaled = Terms.times(last.size() == 1 ? norm : Terms.reshape(norm, x.dims()), weight.term());
        node.define(0, bias.map(b -> Terms.plus(scaled, b.term())).orElse(scaled), x.type());
    }

    /** The mean, and 1 / the deviation, where somebody reads them. */
    private static void statistics(NodeContext node, Operand x, int axis, Term epsilon) {
        if (!node.isRead(1) && !node.isRead(2)) {
            return;
        }
        List<Integer> axes = NodeAxes.all(x.rank()).subList(axis, x.rank());
        Operand mean = mean(node, x, axes);
        node.define(1, mean.term(), mean.type());
        Operand centred = centred(node, x, mean);
        node.define(2, Call.of("rsqrt", Terms.plus(mean(Terms.square(centred.term()), axes), epsilon)), mean.type());
    }

    private static Operand mean(NodeContext node, Operand x, List<Integer> axes) {
        List<Dim> shape = x.dims();
        for (int a : axes) {
            shape = Terms.with(shape, a, Dim.ONE);
        }
        return node.step("mean", mean(x.term(), axes), Terms.type(x.dtype(), shape));
    }

    private static Term mean(Term x, List<Integer> axes) {
        return Terms.call("mean", x, "axis", Terms.axes(axes), "keepdims", Terms.truth(true));
    }

    private static Operand centred(NodeContext node, Operand x, Operand mean) {
        return node.step("centred", Terms.minus(x.term(), mean.term()), x.type());
    }

    /** By the mean and variance of each channel that training has left. */
    private static void batch(NodeContext node) {
        if (node.attribute("training_mode", 0) != 0) {
            throw new UnsupportedNode("it is in training mode; export the model for inference");
        }
        Operand x = node.operand(0);
        Operand scale = node.operand(1);
        Term epsilon = Terms.number(node.attribute("epsilon", EPSILON), scale.dtype());
        Term factor =
                Terms.times(Terms.tensor(scale), Call.of("rsqrt", Terms.plus(Terms.tensor(node.operand(4)), epsilon)));
        Operand f = node.step("factor", factor, scale.type());
        Term centred = Terms.minus(x.term(), ofChannel(node.operand(3), x.rank()));
        Term scaled = Terms.times(centred, ofChannel(f, x.rank()));
        node.define(0, Terms.plus(scaled, ofChannel(node.operand(2), x.rank())), x.type());
    }

    /** A vector that runs along axis 1. */
    static Term ofChannel(Operand vector, int rank) {
        return Terms.along(Terms.tensor(vector), Math.min(1, rank - 1), rank);
    }

    private static void group(NodeContext node) {
        Operand x = node.operand(0);
        Dim groups = Dim.of(node.attribute("num_groups", 0));
        Operand scale = node.operand(1);
        Operand bias = node.operand(2);
        if (node.opset() < 21) {
            // A group has one scale there, a channel has one since.
            Dim size = x.dims().get(1).floorDiv(groups);
            scale = repeated(node, scale, size);
            bias = repeated(node, bias, size);
        }
        grouped(node, x, groups, scale, bias);
    }

    private static Operand repeated(NodeContext node, Operand vector, Dim times) {
        return node.step(
                "channels",
                Call.of("repeat", Terms.tensor(vector), Terms.length(times), Terms.whole(0)),
                Terms.type(vector.dtype(), List.of(vector.dims().getFirst().times(times))));
    }

    /** Normalises each group of channels by itself, with all its positions. */
    private static void grouped(NodeContext node, Operand x, Dim groups, Operand scale, Operand bias) {
        Dim channels = x.dims().get(1);
        Dim size = channels.dividedExactlyBy(groups)
                .orElseThrow(() -> new UnsupportedNode(channels + " channels do not make " + groups + " groups"));
        List<Dim> positions = x.dims().subList(2, x.rank());
        List<Dim> flat = List.of(x.dims().getFirst(), groups, size.times(Terms.product(positions)));
        Term epsilon = Terms.number(node.attribute("epsilon", EPSILON), DType.F32);
        Term norm = Terms.call(
                "layer_norm", flat.equals(x.dims()) ? x.term() : Terms.reshape(x.term(), flat), "eps", epsilon);
        Term back = flat.equals(x.dims()) ? norm : Terms.reshape(norm, x.dims());
        Term scaled = Terms.times(back, ofChannel(scale, x.rank()));
        node.define(0, Terms.plus(scaled, ofChannel(bias, x.rank())), x.type());
    }

    private static void length(NodeContext node) {
        Operand x = node.operand(0);
        int axis = NodeAxes.attribute(node, -1, x.rank());
        Term written = Terms.whole(NodeAxes.written(axis, x.rank()));
        if (node.attribute("p", 2) == 2) {
            node.define(0, Terms.call("normalize", x.term(), "axis", written), x.type());
            return;
        }
        Term sum = Terms.call("sum", Call.of("abs", x.term()), "axis", written, "keepdims", Terms.truth(true));
        // A vector of zeros stays one.
        node.define(0, Terms.over(x.term(), Call.of("max", sum, Terms.number(1e-30, DType.F32))), x.type());
    }

    private static void meanVariance(NodeContext node) {
        Operand x = node.operand(0);
        List<Integer> axes = NodeAxes.listed(node, -1, x.rank()).orElse(List.of(0, 2, 3));
        Operand centred = centred(node, x, mean(node, x, axes));
        Term deviation = Call.of("sqrt", mean(Terms.square(centred.term()), axes));
        node.define(0, Terms.over(centred.term(), Terms.plus(deviation, Terms.number(1e-9, x.dtype()))), x.type());
    }

    /** Divides by a power of the squares of neighbouring channels. */
    private static void neighbours(NodeContext node) {
        Operand x = node.operand(0);
        long size = node.attribute("size", 1);
        if (size < 1 || size > MOST_NEIGHBOURS) {
            throw new UnsupportedNode("a neighbourhood of " + size + " channels");
        }
        long before = (size - 1) / 2;
        Dim channels = x.dims().get(1);
        Term padded = Terms.call(
                "pad",
                List.of(Terms.square(x.term()), Terms.wholes(List.of(before, size - 1 - before))),
                "axis",
                Terms.whole(1));
        Operand squares =
                node.step("squares", padded, Terms.type(x.dtype(), Terms.with(x.dims(), 1, channels.plus(size - 1))));
        Term sum = Terms.slice(squares.term(), 1, Dim.ZERO, channels);
        for (long i = 1; i < size; i++) {
            sum = Terms.plus(sum, Terms.slice(squares.term(), 1, Dim.of(i), channels.plus(i)));
        }
        Term factor = Terms.number(node.attribute("alpha", 1e-4) / size, x.dtype());
        Term base = Terms.plus(Terms.number(node.attribute("bias", 1.0), x.dtype()), Terms.times(factor, sum));
        Term power = new Term.Infix("**", base, Terms.number(node.attribute("beta", 0.75), x.dtype()));
        node.define(0, Terms.over(x.term(), power), x.type());
    }
}
