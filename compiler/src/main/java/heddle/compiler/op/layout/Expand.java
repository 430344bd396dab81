package heddle.compiler.op.layout;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/** Broadcasts a tensor to a shape: adds leading axes, and repeats axes of length 1. */
public record Expand(Shape shape) implements View {
    @Override
    public String name() {
        return "expand";
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        TensorType x = operands.getFirst();
        boolean fits = x.rank() <= shape.rank();
        for (int fromEnd = 1; fits && fromEnd <= x.rank(); fromEnd++) {
            Dim d = x.dim(-fromEnd);
            fits = d.is(1) || d.equals(shape.dim(-fromEnd));
        }
        if (!fits) {
            throw Require.mismatch(
                    "expand of " + x + " to " + shape + ": only axes of length 1 can be repeated",
                    "shapes are aligned at their last axes; unsqueeze(x, axis) adds an axis of length 1",
                    0);
        }
        return List.of(new TensorType(x.dtype(), shape));
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Expand(shape.bind(bindings));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        long[] to = shape.evaluate(lengths);
        return List.of(new NdArray(x.dtype(), to, Strided.broadcast(x, to)));
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        return operands.at(0, Broadcast.index(operands.type(0).shape(), index));
    }

    @Override
    public void gradient(GradientContext c) {
        c.give(0, c.unbroadcast(c.cotangent(), c.operand(0).type().shape()));
    }
}
