package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.ir.Value;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * {@code exp(x - max) / (term + sum of exp(x - max))} along an axis. A row of nothing but minus infinity gives zeros; a row
 * with a NaN or plus infinity gives NaN.
 *
 * @param term a finite number, not negative; zero for an ordinary softmax
 */
public record Softmax(int axis, double term) implements RowReduction, Differentiable {
    public Softmax {
        if (!(term >= 0 && term < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the term of a softmax is a finite number from zero on, not " + term);
        }
    }

    /** Without a term in the sum. */
    public Softmax(int axis) {
        this(axis, 0);
    }

    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public OpCategory category() {
        return OpCategory.REDUCTION;
    }

    @Override
    public Map<String, Object> attributes() {
        return term == 0 ? Map.of("axis", (long) axis) : AttributeMap.of("axis", (long) axis, "term", term);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        Require.axis(name(), axis, operands.getFirst());
        Require.isFloat(name(), operands.getFirst());
        return operands;
    }

    @Override
    public List<Integer> axes() {
        return List.of(axis);
    }

    @Override
    public List<ScalarExpr> resultIndex(List<ScalarExpr> index) {
        return index;
    }

    /** For the maximum, and for the sum. */
    @Override
    public int passes() {
        return 2;
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        NdArray result = NdArray.zeros(x.dtype(), x.shape());
        int length = Math.toIntExact(x.shape()[axis]);
        int stride = Math.toIntExact(x.strides()[axis]);
        if (x.data().length > 0) {
            IntStream.range(0, x.data().length / length).parallel().forEach(row -> {
                int start = row / stride * stride * length + row % stride;
                softmax(x.data(), result.data(), start, stride, start + length * stride);
            });
        }
        return List.of(result);
    }

    private void softmax(double[] x, double[] out, int start, int stride, int end) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = start; i < end; i += stride) {
            max = Math.max(max, x[i]);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return;
        }
        double sum = term;
        for (int i = start; i < end; i += stride) {
            out[i] = Math.exp(x[i] - max);
            sum += out[i];
        }
        for (int i = start; i < end; i += stride) {
            out[i] /= sum;
        }
    }

    /**
     * {@code y * (g - sum of g * y)}, zero where {@code y} is. With a term the shift by the maximum counts, too: those that are
     * the maximum share {@code -term * max(y) * sum of g * y}.
     */
    @Override
    public void gradient(GradientContext c) {
        Value y = c.computed(c.node().value());
        Value g = c.cotangent();
        Value sum = c.reduced(Reduction.SUM, c.annihilating(y, g), axes());
        Value gradient = c.annihilating(y, c.apply(ScalarFn.SUB, g, sum));
        if (term != 0) {
            DType type = g.type().dtype();
            Value greatest = c.reduced(Reduction.MAX, y, axes());
            Value isGreatest = c.apply(ScalarFn.EQ, y, greatest);
            Value count = c.reduced(Reduction.SUM, c.cast(isGreatest, type), axes());
            Value all = c.annihilating(c.apply(ScalarFn.MUL, greatest, c.number(-term, type)), sum);
            Value share = c.apply(ScalarFn.DIV, all, count);
            Value ofShift = c.apply(ScalarFn.SELECT, isGreatest, share, c.number(0, type));
            gradient = c.apply(ScalarFn.ADD, gradient, ofShift);
        }
        c.give(0, gradient);
    }
}
