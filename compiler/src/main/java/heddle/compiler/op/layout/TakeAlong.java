package heddle.compiler.op.layout;

import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Length;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Picks elements by an index of their own: {@code result[.., i, ..] = data[.., index[.., i, ..], ..]}. The index has
 * the shape of the result, and, except along the axis, the shape of the data. An index out of range is clamped to the
 * nearest that is in range.
 */
public record TakeAlong(int axis) implements LayoutOp {
    @Override
    public String name() {
        return "take_along";
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("axis", (long) axis);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 2);
        TensorType data = operands.get(0);
        TensorType index = operands.get(1);
        Require.axis(name(), axis, data);
        Require.isInteger(name(), index, 1);
        if (index.rank() != data.rank() || !index.shape().equals(data.shape().with(axis, index.dim(axis)))) {
            throw Require.mismatch(
                    "take_along axis " + axis + " of " + data + " with the index " + index,
                    "the index must have the lengths of the data but for axis " + axis,
                    0,
                    1);
        }
        Gather.requireSomethingToPick(name(), data, axis, index);
        return List.of(new TensorType(data.dtype(), index.shape()));
    }

    @Override
    public List<LengthCondition> conditions(List<TensorType> operands) {
        return Gather.somethingToPick(name(), operands, axis);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray data = operands.get(0);
        NdArray index = operands.get(1);
        NdArray result = NdArray.zeros(data.dtype(), index.shape());
        long[] strides = data.strides();
        long[] at = new long[data.rank()];
        for (int i = 0; i < result.data().length; i++) {
            long from = 0;
            for (int a = 0; a < at.length; a++) {
                from += strides[a] * (a == axis ? Gather.clamp(index.data()[i], data.shape()[axis]) : at[a]);
            }
            result.data()[i] = data.data()[Math.toIntExact(from)];
            Strided.increment(at, index.shape());
        }
        return List.of(result);
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        List<ScalarExpr> source = new ArrayList<>(index);
        source.set(axis, Gather.clamp(operands.at(1, index), operands.type(0).dim(axis)));
        return operands.at(0, source);
    }

    /** Where one element of each line is picked, the gradient goes to it and nothing is added up. */
    @Override
    public void gradient(GradientContext c) {
        if (!c.needs(0)) {
            return;
        }
        Shape shape = c.operand(0).type().shape();
        Dim size = shape.dim(axis);
        Value index = c.operand(1);
        if (!index.type().dim(axis).is(1)) {
            c.give(0, c.add(new ScatterAlong(axis, size), c.cotangent(), index));
            return;
        }
        List<Dim> line = new ArrayList<>(Collections.nCopies(shape.rank(), Dim.ONE));
        line.set(axis, size);
        Value position = c.reshape(c.add(new Iota(size)), new Shape(line));
        Value last = c.add(new Length(size.minus(1), DType.I64));
        Value least = c.apply(ScalarFn.MIN, c.cast(index, DType.I64), last);
        Value picked = c.apply(ScalarFn.MAX, least, c.add(Constant.scalar(DType.I64, 0)));
        Value isPicked = c.apply(ScalarFn.EQ, position, picked);
        Value none = c.number(0, c.cotangent().type().dtype());
        c.give(0, c.apply(ScalarFn.SELECT, isPicked, c.cotangent(), none));
    }
}
