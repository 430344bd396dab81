package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Monte Carlo arithmetic: every result is off by a random part of what its type rounds to. The distance between several
 * runs says how exact a model is in the types it is written in, element by element, steps and cancellation included.
 *
 * <p>See D. S. Parker, Monte Carlo Arithmetic: exploiting randomness in floating-point arithmetic, UCLA CSD-970002, 1997.
 */
public final class MonteCarloArithmetic implements Arithmetic {
    /** In which types results are held. */
    public enum Precision {
        /** In double precision, but for casts to narrower types and what is of sixteen bits. */
        DOUBLE,
        /** Each node in its own type. */
        AS_TYPED,
        /** In double precision, nothing rounds to a narrower float. */
        UNROUNDED
    }

    /** By how many units of rounding the result of arithmetic is off at most. */
    private static final double UNITS = 4;

    private final Precision precision;
    private final SplittableRandom random;

    /** Whether casts always round, or may be left out as those of probabilities are. */
    private final boolean roundsCasts;

    /** One run; runs with other seeds round differently. */
    public MonteCarloArithmetic(Precision precision, long seed) {
        this.precision = precision;
        this.random = new SplittableRandom(seed);
        this.roundsCasts = random.nextBoolean();
    }

    @Override
    public List<NdArray> evaluate(Node node, List<NdArray> operands, Map<String, Long> lengths) {
        List<NdArray> exact = isOfFloats(node, operands)
                ? List.of(new NdArray(
                        node.type().dtype(),
                        operands.getFirst().shape(),
                        operands.getFirst().data()))
                : EXACT.evaluate(node, operands, lengths);
        if (precision == Precision.UNROUNDED) {
            return exact;
        }
        List<NdArray> results = new ArrayList<>();
        for (NdArray x : exact) {
            results.add(x.dtype().isFloat() ? rounded(node, x, operands, lengths) : x);
        }
        if (node.op() instanceof Softmax softmax && random.nextBoolean()) {
            results.set(0, withTheSmallest(softmax, results.getFirst(), operands.getFirst(), lengths));
        }
        return results;
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
            case Combining c -> c.kind() == Reduction.SUM || c.kind() == Reduction.PROD;
            case Cast c -> unit(c.to()) > unit(operands.getFirst().dtype());
            case Softmax s -> true;
            case FusedAttention f -> true;
            default -> false;
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

    /** What a result is held in: kernels round to sixteen bits what they store, and nothing in between. */
    private DType held(Node node, DType type) {
        DType wide = precision == Precision.DOUBLE ? DType.F64 : DType.F32;
        if (type.bytes() == 2) {
            return roundsCasts && node.op() instanceof Cast || random.nextBoolean() ? type : wide;
        }
        return precision == Precision.AS_TYPED || node.op() instanceof Cast ? type : DType.F64;
    }

    /** Whether every machine gives the number that is nearest to the exact result. */
    private static boolean isRoundedOnce(Node node) {
        return node.op() instanceof Elementwise e
                && switch (e.fn()) {
                    case ADD, SUB, MUL, DIV -> true;
                    default -> false;
                };
    }

    /**
     * Twice what rounding to nearest loses. Results that are exact are exact in any order, and what a large number takes in
     * whole, as a mask of -1e9 takes in a score, is lost whatever is done before.
     */
    private static double lost(double x, DType type) {
        double nearest = type.nearest(x);
        return Double.isFinite(nearest) ? 2 * Math.abs(x - nearest) : Double.POSITIVE_INFINITY;
    }

    private NdArray rounded(Node node, NdArray exact, List<NdArray> operands, Map<String, Long> lengths) {
        DType type = held(node, exact.dtype());
        // Where it is fused, what is beyond a type may be held all the same, and what is beneath it may be zero.
        boolean overflows = random.nextBoolean();
        double zero = random.nextBoolean() ? 0 : least(type) * Math.pow(2, -Math.max(0, random.nextInt(-24, 24)));
        double units = units(node, operands);
        boolean once = type != DType.F64 && isRoundedOnce(node);
        double[] sizes = terms(node, exact, operands, lengths);
        double[] data = new double[exact.data().length];
        Arrays.setAll(data, i -> {
            double x = exact.data()[i];
            double unit = unit(type) * Math.abs(sizes[i]);
            double off = (2 * random.nextDouble() - 1) * units * (once ? Math.min(unit, lost(x, type)) : unit);
            double rounded = type.nearest(Double.isFinite(off) ? x + off : x);
            if (Math.abs(rounded) < zero) {
                return 0;
            }
            return overflows || Double.isFinite(rounded) ? rounded : x;
        });
        return new NdArray(exact.dtype(), exact.shape(), data);
    }

    /**
     * Probabilities that are zero because no double is as small, as the smallest double. Where a softmax is fused, the maximum
     * of a row rises with each block, at most as often as there are keys, and what each step leaves of an exponential may be
     * held. Infinity times such a probability is infinity.
     */
    private static NdArray withTheSmallest(
            Softmax softmax, NdArray probabilities, NdArray scores, Map<String, Long> lengths) {
        long steps = scores.shape()[softmax.axis()];
        double[] held = softmax.evaluate(List.of(scores.map(s -> s / steps)), lengths)
                .getFirst()
                .data();
        double[] data = probabilities.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] = data[i] == 0 && held[i] > 0 ? Double.MIN_VALUE : data[i];
        }
        return new NdArray(probabilities.dtype(), probabilities.shape(), data);
    }

    /** What the elements of a result are sums of: rounding goes by the size of terms, however small their sum. */
    private static double[] terms(Node node, NdArray exact, List<NdArray> operands, Map<String, Long> lengths) {
        boolean sums = node.op() instanceof Combining c && c.kind() == Reduction.SUM;
        if (!sums) {
            return exact.data();
        }
        List<NdArray> sizes = operands.stream().map(x -> x.map(Math::abs)).toList();
        return EXACT.evaluate(node, sizes, lengths).getFirst().data();
    }
}
