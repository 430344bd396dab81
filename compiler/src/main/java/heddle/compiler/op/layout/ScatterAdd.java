package heddle.compiler.op.layout;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.AttributeMap;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Adds slices to zeros at indexes: the gradient of {@link Gather}. From {@code x} of shape {@code data[:axis] + index +
 * data[axis+1:]} and {@code index} it makes a tensor of the shape of {@code data}. Slices of one index are added in their
 * order. An index out of range is clamped to the nearest that is in range.
 *
 * @param size of the result's axis
 */
public record ScatterAdd(int axis, Dim size) implements Differentiable {
    @Override
    public String name() {
        return "scatter_add";
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
        Require.isInteger(name(), index, 1);
        Require.isNumeric(name(), x);
        int end = axis + index.rank();
        if (axis < 0
                || end > x.rank()
                || !x.shape().dims().subList(axis, end).equals(index.shape().dims())) {
            throw Require.mismatch(
                    "scatter_add axis " + axis + " of " + x + " with the index " + index,
                    "the axes from there on must be those of the index",
                    0,
                    1);
        }
        List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, axis));
        dims.add(size);
        dims.addAll(x.shape().dims().subList(end, x.rank()));
        return List.of(new TensorType(x.dtype(), new Shape(dims)));
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new ScatterAdd(axis, size.bind(bindings));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.get(0);
        NdArray index = operands.get(1);
        Shape shape = infer(List.of(x.type(), index.type())).getFirst().shape();
        NdArray result = NdArray.zeros(x.dtype(), shape.evaluate(lengths));
        int inner = Math.toIntExact(result.strides()[axis]);
        long extent = result.shape()[axis];
        int block = Math.toIntExact(extent * inner);
        int from = 0;
        for (int outer = 0; block > 0 && outer < result.data().length; outer += block) {
            for (double at : index.data()) {
                int to = outer + Gather.clamp(at, extent) * inner;
                for (int i = 0; i < inner; i++) {
                    result.data()[to + i] += x.data()[from + i];
                }
                from += inner;
            }
        }
        return List.of(result);
    }

    @Override
    public void gradient(GradientContext c) {
        if (c.needs(0)) {
            c.give(0, c.add(new Gather(axis), c.cotangent(), c.operand(1)));
        }
    }
}
