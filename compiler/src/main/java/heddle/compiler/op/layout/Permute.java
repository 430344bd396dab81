package heddle.compiler.op.layout;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Puts axes in another order.
 *
 * @param order for each result axis the operand axis it is
 */
public record Permute(List<Integer> order) implements View {
    public Permute {
        order = List.copyOf(order);
    }

    @Override
    public String name() {
        return "permute";
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("order", order.stream().map(Integer::longValue).toList());
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        TensorType x = operands.getFirst();
        Require.rank(name(), order.size(), x, "axes");
        Require.axes(name(), order, x);
        List<Dim> dims = order.stream().map(x::dim).toList();
        return List.of(new TensorType(x.dtype(), new Shape(dims)));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        long[] from = x.strides();
        long[] shape = order.stream().mapToLong(a -> x.shape()[a]).toArray();
        long[] strides = order.stream().mapToLong(a -> from[a]).toArray();
        return List.of(new NdArray(x.dtype(), shape, Strided.copy(x.data(), 0, strides, shape)));
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        List<ScalarExpr> source = new ArrayList<>(Collections.nCopies(order.size(), null));
        for (int axis = 0; axis < order.size(); axis++) {
            source.set(order.get(axis), index.get(axis));
        }
        return operands.at(0, source);
    }

    @Override
    public void gradient(GradientContext c) {
        c.give(0, c.add(inverse(), c.cotangent()));
    }

    /** What puts the axes back. */
    public Permute inverse() {
        List<Integer> back = new ArrayList<>(Collections.nCopies(order.size(), 0));
        for (int axis = 0; axis < order.size(); axis++) {
            back.set(order.get(axis), axis);
        }
        return new Permute(back);
    }
}
