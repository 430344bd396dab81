package heddle.tests.fuzz;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.Weight;
import heddle.compiler.tile.Reduction;
import heddle.compiler.type.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Runs a graph in the arithmetic it is written in, every result off by a random part of what its type rounds to: Monte
 * Carlo arithmetic. How far several runs are apart says how exact a model is as it is written, element by element, steps
 * and cancellation included.
 *
 * <p>See D. S. Parker, Monte Carlo Arithmetic: exploiting randomness in floating-point arithmetic, UCLA CSD-970002, 1997.
 */
final class InexactInterpreter {
    /** In which arithmetic. */
    enum Arithmetic {
        /** In double precision, but for casts to narrower types and what is of sixteen bits. */
        DOUBLE,
        /** Each node in its own type. */
        AS_TYPED,
        /** In double precision, nothing rounds to a narrower float. */
        UNROUNDED
    }

    /** By how many units of rounding the result of arithmetic is off at most. */
    private static final double UNITS = 4;

    private final Map<String, NdArray> inputs;
    private final Map<String, NdArray> weights;
    private final Map<String, Long> lengths;
    private final Arithmetic arithmetic;
    private final SplittableRandom random;

    /** Whether casts always round, or may be left out as those of probabilities are. */
    private final boolean roundsCasts;

    InexactInterpreter(
            Map<String, NdArray> inputs,
            Map<String, NdArray> weights,
            Map<String, Long> lengths,
            Arithmetic arithmetic,
            long seed) {
        this.inputs = inputs;
        this.weights = weights;
        this.lengths = lengths;
        this.arithmetic = arithmetic;
        this.random = new SplittableRandom(seed);
        this.roundsCasts = random.nextBoolean();
    }

    Map<String, NdArray> run(Graph graph) {
        Map<Node, NdArray> results = new HashMap<>();
        for (Node node : graph.nodes()) {
            List<NdArray> operands = graph.operands(node).stream()
                    .map(Value::node)
                    .map(results::get)
                    .toList();
            results.put(node, evaluate(node, operands));
        }
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        graph.outputs().forEach((name, v) -> outputs.put(name, results.get(v.node())));
        return outputs;
    }

    private NdArray evaluate(Node node, List<NdArray> operands) {
        if (node.op() instanceof Input input) {
            return inputs.get(input.key());
        }
        if (node.op() instanceof Weight weight) {
            return weights.get(weight.key());
        }
        NdArray exact = isOfFloats(node, operands)
                ? new NdArray(
                        node.type().dtype(),
                        operands.getFirst().shape(),
                        operands.getFirst().data())
                : node.op().evaluate(operands, lengths).getFirst();
        return arithmetic != Arithmetic.UNROUNDED && node.type().dtype().isFloat()
                ? rounded(node, exact, operands)
                : exact;
    }

    /** Whether it is a cast that changes nothing but how numbers are rounded. */
    private static boolean isOfFloats(Node node, List<NdArray> operands) {
        return node.op() instanceof Cast c
                && c.to().isFloat()
                && operands.getFirst().dtype().isFloat();
    }

    /** By how many units of rounding a result is off at most. */
    private static double units(Node node, List<NdArray> operands) {
        boolean rounds = switch (node.op()) {
            case Elementwise e ->
                switch (e.fn()) {
                    case SELECT, NEG, ABS, SIGN, MIN, MAX, FLOOR, CEIL, ROUND -> false;
                    default -> true;
                };
            case Reduce r -> r.kind() == Reduction.SUM || r.kind() == Reduction.PROD;
            case Cast c -> unit(c.to()) > unit(operands.getFirst().dtype());
            default -> node.op() instanceof Contract || node.op() instanceof Softmax;
        };
        return rounds ? UNITS : 0;
    }

    /** Half the distance of numbers near one. */
    private static double unit(DType type) {
        return switch (type) {
            case F64 -> 0x1p-53;
            case F32 -> 0x1p-24;
            case F16 -> 0x1p-11;
            case BF16 -> 0x1p-8;
            case I32, I64, BOOL -> 0;
        };
    }

    /** Below it functions of targets may give zero. */
    private static double least(DType type) {
        return type == DType.F64 ? Double.MIN_NORMAL : 0x1p-125;
    }

    /** What the result of a node is held in: kernels round to sixteen bits what they store, and nothing in between. */
    private DType held(Node node) {
        DType type = node.type().dtype();
        DType wide = arithmetic == Arithmetic.DOUBLE ? DType.F64 : DType.F32;
        if (type.bytes() == 2) {
            return roundsCasts && node.op() instanceof Cast || random.nextBoolean() ? type : wide;
        }
        return arithmetic == Arithmetic.AS_TYPED || node.op() instanceof Cast ? type : DType.F64;
    }

    private NdArray rounded(Node node, NdArray exact, List<NdArray> operands) {
        DType type = held(node);
        // Where it is fused, what is beyond a type may be held all the same, and what is beneath it may be zero.
        boolean overflows = random.nextBoolean();
        double zero = random.nextBoolean() ? 0 : least(type) * Math.pow(2, -Math.max(0, random.nextInt(-24, 24)));
        double units = units(node, operands);
        double[] sizes = terms(node, exact, operands);
        double[] data = new double[exact.data().length];
        Arrays.setAll(data, i -> {
            double off = (2 * random.nextDouble() - 1) * units * unit(type) * Math.abs(sizes[i]);
            double x = exact.data()[i];
            double rounded = type.nearest(Double.isFinite(off) ? x + off : x);
            if (Math.abs(rounded) < zero) {
                return 0;
            }
            return overflows || Double.isFinite(rounded) ? rounded : x;
        });
        return new NdArray(exact.dtype(), exact.shape(), data);
    }

    /** What the elements of a result are sums of: rounding goes by the size of terms, however small their sum. */
    private double[] terms(Node node, NdArray exact, List<NdArray> operands) {
        boolean sums = node.op() instanceof Contract || node.op() instanceof Reduce r && r.kind() == Reduction.SUM;
        if (!sums) {
            return exact.data();
        }
        List<NdArray> sizes = operands.stream()
                .map(x -> new NdArray(
                        x.dtype(),
                        x.shape(),
                        Arrays.stream(x.data()).map(Math::abs).toArray()))
                .toList();
        return node.op().evaluate(sizes, lengths).getFirst().data();
    }
}
