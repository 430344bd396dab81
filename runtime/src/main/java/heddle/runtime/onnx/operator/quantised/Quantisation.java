package heddle.runtime.onnx.operator.quantised;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.NodeAxes;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.List;
import java.util.Optional;

/** Between floats and whole numbers with a scale and a zero point. */
final class Quantisation {
    private static final double U8_MAX = 255;

    private Quantisation() {}

    static void addTo(OperatorTable table) {
        for (String domain : List.of("", "com.microsoft")) {
            table.add(domain, "QuantizeLinear", Quantisation::quantise);
            table.add(domain, "DequantizeLinear", Quantisation::dequantise);
        }
        table.add("", "DynamicQuantizeLinear", Quantisation::quantiseByRange);
        table.add("heddle", "FakeQuantization", Quantisation::cutOff);
        table.add("heddle", "HeldWeight", node -> {
            HeldWeight weight =
                    HeldWeight.of(node, 0).orElseThrow(() -> new UnsupportedNode("an odd row of four bits"));
            node.define(0, weight.numbers(), weight.type());
        });
        table.add("heddle", "Scaled", node -> {
            Operand x = node.operand(0);
            Term shifted = less(x.term(), node.attribute("zero", 0.0));
            node.define(0, Terms.times(shifted, Terms.number(node.attribute("scale", 1.0), DType.F32)), x.type());
        });
    }

    private static Term less(Term x, double zero) {
        return zero == 0
                ? x
                : zero < 0
                        ? Terms.plus(x, Terms.number(-zero, DType.F32))
                        : Terms.minus(x, Terms.number(zero, DType.F32));
    }

    /** The lowest and highest number of a type of ONNX. */
    static double[] range(int onnxType) {
        return switch (onnxType) {
            case 2 -> new double[] {0, U8_MAX};
            case 3 -> new double[] {-128, 127};
            case 4 -> new double[] {0, 65535};
            case 5 -> new double[] {-32768, 32767};
            case 21 -> new double[] {0, 15};
            case 22 -> new double[] {-8, 7};
            default -> throw new UnsupportedNode("it rounds to a type other than whole numbers of 4, 8 or 16 bits");
        };
    }

    /** What {@code QuantizeLinear} rounds to: the zero point's type, else what an attribute says, else {@code u8}. */
    private static double[] range(NodeContext node) {
        long said = node.attribute("output_dtype", 0);
        if (said == 0 && node.has(2)) {
            return range(node.tensor(2)
                    .orElseThrow(() -> new UnsupportedNode("its zero point is only known when the model runs"))
                    .onnxType());
        }
        return range(said == 0 ? 2 : (int) said);
    }

    private static void quantise(NodeContext node) {
        Operand x = node.operand(0);
        Term scaled = Terms.over(x.term(), besides(node, node.operand(1), x));
        Optional<Term> zero = zero(node, 2, 0, x);
        node.define(0, rounded(scaled, zero, range(node)), Terms.type(DType.I32, x.dims()));
    }

    /** {@code clip(round(x) + zero, low, high)} as whole numbers. */
    static Term rounded(Term x, Optional<Term> zero, double[] range) {
        Term whole = Call.of("round", x);
        Term moved = zero.map(z -> Terms.plus(whole, z)).orElse(whole);
        return Terms.cast(
                Call.of("clip", moved, Terms.number(range[0], DType.F32), Terms.number(range[1], DType.F32)),
                DType.I32);
    }

    /** A zero point as a float to stand beside {@code x}; empty where it is 0. @param shift what the other numbers are held less by */
    private static Optional<Term> zero(NodeContext node, int index, int shift, Operand x) {
        if (!node.has(index)) {
            return shift == 0 ? Optional.empty() : Optional.of(Terms.number(-shift, DType.F32));
        }
        Operand zero = node.operand(index);
        Optional<Double> number = ZeroPoints.number(node, index);
        if (number.isPresent()) {
            double left = number.get() - shift;
            return left == 0 ? Optional.empty() : Optional.of(Terms.number(left, DType.F32));
        }
        return Optional.of(spread(node, ZeroPoints.floats(zero, shift).term(), zero, x));
    }

    private static Term besides(NodeContext node, Operand parameter, Operand x) {
        Optional<Double> number = Terms.number(parameter);
        return number.isPresent()
                ? Terms.number(number.get(), x.dtype().isFloat() ? x.dtype() : parameter.dtype())
                : spread(node, Terms.tensor(parameter), parameter, x);
    }

    /** A scale or zero point for all of {@code x}: one for each place of an axis, or for each block along it. */
    private static Term spread(NodeContext node, Term term, Operand parameter, Operand x) {
        if (parameter.rank() == 0) {
            return term;
        }
        int axis = NodeAxes.attribute(node, 1, x.rank());
        if (parameter.rank() == 1) {
            return Terms.along(term, axis, x.rank());
        }
        long block = node.attribute("block_size", 0);
        Dim length = x.dims().get(axis);
        if (block <= 0 || !parameter.dims().get(axis).times(block).equals(length)) {
            throw new UnsupportedNode("blocks of " + block + " along an axis of length " + length);
        }
        return Call.of("repeat", term, Terms.whole(block), Terms.whole(NodeAxes.written(axis, x.rank())));
    }

    private static void dequantise(NodeContext node) {
        Operand scale = node.operand(1);
        Optional<HeldWeight> weight = HeldWeight.of(node, 0).filter(w -> scale.dtype() == DType.F32);
        if (weight.isPresent()) {
            dequantise(node, weight.get(), scale);
            return;
        }
        Operand q = node.operand(0);
        DType dtype = scale.dtype();
        Operand floats = new Operand(Terms.as(q, dtype), Terms.type(dtype, q.dims()), Optional.empty());
        node.define(0, scaled(node, floats, 0, scale), floats.type());
    }

    /** A weight stays packed. Scales that the language can say belong to it; others are multiplied with it. */
    private static void dequantise(NodeContext node, HeldWeight weight, Operand scale) {
        Operand numbers = new Operand(weight.numbers(), weight.type(), Optional.empty());
        Optional<String> per = per(node, numbers, scale);
        boolean hasZero = zero(node, 2, weight.shift(), numbers).isPresent();
        if (per.isPresent() && !hasZero && scale.term() instanceof Term.Weight scales) {
            node.define(0, weight.scaled(per.get(), scales.name()), weight.type());
        } else {
            node.define(0, scaled(node, numbers, weight.shift(), scale), weight.type());
        }
    }

    /** {@code (x - zero) * scale}. */
    private static Term scaled(NodeContext node, Operand x, int shift, Operand scale) {
        Term shifted =
                zero(node, 2, shift, x).map(zero -> Terms.minus(x.term(), zero)).orElse(x.term());
        return Terms.times(shifted, besides(node, scale, x));
    }

    private static Optional<String> per(NodeContext node, Operand weight, Operand scale) {
        int rank = weight.rank();
        int axis = NodeAxes.attribute(node, 1, rank);
        if (scale.rank() == 1 && rank == 2) {
            return Optional.of(axis == 0 ? "row" : "column");
        }
        boolean isBlock = scale.rank() == rank && axis == rank - 1 && node.attribute("block_size", 0) == 32;
        return isBlock ? Optional.of("block") : Optional.empty();
    }

    /** The range of the operand, with 0 in it, in 255 steps. */
    private static void quantiseByRange(NodeContext node) {
        Operand x = node.operand(0);
        Term zero = Terms.number(0, DType.F32);
        Operand low =
                node.step("low", Call.of("min", Call.of("min", x.term()), zero), Terms.type(DType.F32, List.of()));
        Term high = Call.of("max", Call.of("max", x.term()), zero);
        Operand step = node.step(
                "scale",
                Terms.over(Terms.minus(high, low.term()), Terms.number(U8_MAX, DType.F32)),
                Terms.type(DType.F32, List.of()));
        Operand point = node.step(
                "zero",
                Call.of("round", Terms.over(Terms.minus(zero, low.term()), step.term())),
                Terms.type(DType.F32, List.of()));
        node.define(
                0,
                rounded(Terms.over(x.term(), step.term()), Optional.of(point.term()), range(2)),
                Terms.type(DType.I32, x.dims()));
        node.define(1, step);
        node.define(2, Terms.cast(point.term(), DType.I32), Terms.type(DType.I32, List.of()));
    }

    /** What is left of rounding to steps and back: the ends that are cut off. */
    private static void cutOff(NodeContext node) {
        node.note(
                "The file rounds activations to whole steps of their scales. Here they are cut off at the same ends and not"
                        + " rounded, so that each differs by half a step at most.");
        Operand x = node.operand(0);
        if (node.node().attribute("low").isEmpty()) {
            node.define(0, x);
            return;
        }
        Term low = Terms.number(node.attribute("low", 0.0), x.dtype());
        Term high = Terms.number(node.attribute("high", 0.0), x.dtype());
        node.define(0, Call.of("clip", x.term(), low, high), x.type());
    }
}
