package heddle.compiler.op.layout;

import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Picks slices of a tensor by index. From {@code data} and {@code index} it makes a result of shape {@code data[:axis]
 * + index + data[axis+1:]}. An index out of range is clamped to the nearest that is in range.
 */
public record Gather(int axis) implements LayoutOp {
    @Override
    public String name() {
        return "gather";
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
        requireSomethingToPick(name(), data, axis, index);
        List<Dim> dims = new ArrayList<>(data.shape().dims().subList(0, axis));
        dims.addAll(index.shape().dims());
        dims.addAll(data.shape().dims().subList(axis + 1, data.rank()));
        return List.of(new TensorType(data.dtype(), new Shape(dims)));
    }

    static void requireSomethingToPick(String op, TensorType data, int axis, TensorType index) {
        if (data.dim(axis).isZero() && !index.shape().size().isZero()) {
            throw Require.mismatch(nothingToPick(op, data, axis), "", 0);
        }
    }

    @Override
    public List<LengthCondition> conditions(List<TensorType> operands) {
        return somethingToPick(name(), operands, axis);
    }

    /** Where an element is asked for, the axis has one. */
    static List<LengthCondition> somethingToPick(String op, List<TensorType> operands, int axis) {
        TensorType data = operands.get(0);
        Dim picked = operands.get(1).shape().size();
        Dim extent = data.dim(axis);
        return extent.isKnown()
                ? List.of()
                : List.of(new LengthCondition(picked.times(extent.minus(1)), nothingToPick(op, data, axis)));
    }

    private static String nothingToPick(String op, TensorType data, int axis) {
        return op + " from " + data + " along axis " + axis + ", which is empty";
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray data = operands.get(0);
        NdArray index = operands.get(1);
        TensorType type = infer(List.of(data.type(), index.type())).getFirst();
        NdArray result = NdArray.zeros(type.dtype(), type.shape().evaluate(lengths));
        int inner = Math.toIntExact(data.strides()[axis]);
        long extent = data.shape()[axis];
        int block = Math.toIntExact(extent * inner);
        int to = 0;
        for (int outer = 0; block > 0 && outer < data.data().length; outer += block) {
            for (double at : index.data()) {
                System.arraycopy(data.data(), outer + clamp(at, extent) * inner, result.data(), to, inner);
                to += inner;
            }
        }
        return List.of(result);
    }

    static int clamp(double index, long extent) {
        return (int) Math.clamp((long) index, 0, extent - 1);
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        TensorType data = operands.type(0);
        int end = axis + operands.type(1).rank();
        List<ScalarExpr> source = new ArrayList<>(index.subList(0, axis));
        source.add(clamp(operands.at(1, index.subList(axis, end)), data.dim(axis)));
        source.addAll(index.subList(end, index.size()));
        return operands.at(0, source);
    }

    /** An index that lies in an axis. */
    public static ScalarExpr clamp(ScalarExpr index, Dim extent) {
        ScalarExpr last = ScalarExpr.of(extent.minus(1));
        ScalarExpr wide = ScalarExpr.cast(DType.I64, index);
        return ScalarExpr.apply(ScalarFn.MAX, ScalarExpr.of(0), ScalarExpr.apply(ScalarFn.MIN, wide, last));
    }

    @Override
    public void gradient(GradientContext c) {
        if (c.needs(0)) {
            Dim size = c.operand(0).type().dim(axis);
            c.give(0, c.add(new Scatter(axis, size), c.cotangent(), c.operand(1)));
        }
    }
}
