package heddle.compiler.op.layout;

import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.AttributeMap;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.op.gradient.ReductionGradient;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Adds elements to zeros, each at an index of its own along an axis: the gradient of {@link TakeAlong}. The index has the
 * shape of {@code x}. Elements of one index are added in their order, or combined otherwise, from the neutral element. An
 * index out of range is clamped to the nearest that is in range.
 *
 * @param size of the result's axis
 * @param kind how elements of one index are combined
 */
public record ScatterAlong(int axis, Dim size, Reduction kind) implements Differentiable {
    /** A sum. */
    public ScatterAlong(int axis, Dim size) {
        this(axis, size, Reduction.SUM);
    }

    /** The name of the operation that combines so: {@code scatter_along} adds, {@code scatter_along_max} does not. */
    public static String name(Reduction kind) {
        return "scatter_along" + (kind == Reduction.SUM ? "" : "_" + kind.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public String name() {
        return name(kind);
    }

    @Override
    public OpCategory category() {
        return OpCategory.REDUCTION;
    }

    @Override
    public Map<String, Object> attributes() {
        return AttributeMap.of("axis", (long) axis, "size", size);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 2);
        TensorType x = operands.get(0);
        TensorType index = operands.get(1);
        Require.axis(name(), axis, x);
        Require.isInteger(name(), index, 1);
        Require.isNumeric(name(), x);
        if (!index.shape().equals(x.shape())) {
            throw Require.mismatch(
                    name() + " axis " + axis + " of " + x + " with the index " + index,
                    "there must be an index for each element",
                    0,
                    1);
        }
        Scatter.requireSomewhereToPut(name(), operands, size);
        return List.of(new TensorType(x.dtype(), x.shape().with(axis, size)));
    }

    @Override
    public List<LengthCondition> conditions(List<TensorType> operands) {
        return Scatter.somewhereToPut(name(), operands, size);
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new ScatterAlong(axis, size.bind(bindings), kind);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.get(0);
        NdArray index = operands.get(1);
        long[] shape = x.shape().clone();
        shape[axis] = size.evaluate(lengths);
        NdArray result = NdArray.zeros(x.dtype(), shape);
        Arrays.fill(result.data(), ScalarMath.neutral(kind, x.dtype()));
        ScalarFn fn = ScalarMath.combine(kind);
        long[] strides = result.strides();
        long[] at = new long[x.rank()];
        for (int i = 0; i < x.data().length; i++) {
            long to = 0;
            for (int a = 0; a < at.length; a++) {
                to += strides[a] * (a == axis ? Gather.clamp(index.data()[i], shape[axis]) : at[a]);
            }
            double before = result.data()[Math.toIntExact(to)];
            result.data()[Math.toIntExact(to)] = ScalarMath.apply(fn, x.dtype(), before, x.data()[i], 0);
            Strided.increment(at, x.shape());
        }
        return List.of(result);
    }

    @Override
    public void gradient(GradientContext c) {
        if (c.needs(0)) {
            new ReductionGradient(
                            c,
                            kind,
                            (how, x) -> c.add(new ScatterAlong(axis, size, how), x, c.operand(1)),
                            x -> c.add(new TakeAlong(axis), x, c.operand(1)))
                    .give();
        }
    }
}
