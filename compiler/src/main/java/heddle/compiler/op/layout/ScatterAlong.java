package heddle.compiler.op.layout;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.AttributeMap;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * Adds elements to zeros, each at an index of its own along an axis: the gradient of {@link TakeAlong}. The index has the
 * shape of {@code x}. Elements of one index are added in their order. An index out of range is clamped to the nearest that
 * is in range.
 *
 * @param size of the result's axis
 */
public record ScatterAlong(int axis, Dim size) implements Differentiable {
    @Override
    public String name() {
        return "scatter_along";
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
                    "scatter_along axis " + axis + " of " + x + " with the index " + index,
                    "there must be an index for each element",
                    0,
                    1);
        }
        return List.of(new TensorType(x.dtype(), x.shape().with(axis, size)));
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new ScatterAlong(axis, size.bind(bindings));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.get(0);
        NdArray index = operands.get(1);
        long[] shape = x.shape().clone();
        shape[axis] = size.evaluate(lengths);
        NdArray result = NdArray.zeros(x.dtype(), shape);
        long[] strides = result.strides();
        long[] at = new long[x.rank()];
        for (int i = 0; i < x.data().length; i++) {
            long to = 0;
            for (int a = 0; a < at.length; a++) {
                to += strides[a] * (a == axis ? Gather.clamp(index.data()[i], shape[axis]) : at[a]);
            }
            result.data()[Math.toIntExact(to)] += x.data()[i];
            Strided.increment(at, x.shape());
        }
        return List.of(result);
    }

    @Override
    public void gradient(GradientContext c) {
        if (c.needs(0)) {
            c.give(0, c.add(new TakeAlong(axis), c.cotangent(), c.operand(1)));
        }
    }
}
