package heddle.compiler.op.layout;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Joins tensors along an axis. All other lengths are equal. */
public record Concat(int axis) implements LayoutOp {
    @Override
    public String name() {
        return "concat";
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("axis", (long) axis);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        if (operands.isEmpty()) {
            throw Require.mismatch("concat of nothing", "give it at least one tensor");
        }
        TensorType first = operands.getFirst();
        Require.axis(name(), axis, first);
        Require.sameDType(name(), operands);
        Dim total = first.dim(axis);
        for (int slot = 1; slot < operands.size(); slot++) {
            TensorType other = operands.get(slot);
            if (other.rank() != first.rank()
                    || !other.shape().with(axis, Dim.ONE).equals(first.shape().with(axis, Dim.ONE))) {
                throw Require.mismatch(
                        "concat along axis " + axis + " of " + first + " and " + other,
                        "all lengths but that of axis " + axis + " must be equal",
                        0,
                        slot);
            }
            total = total.plus(other.dim(axis));
        }
        return List.of(new TensorType(first.dtype(), first.shape().with(axis, total)));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        TensorType type = infer(operands.stream().map(NdArray::type).toList()).getFirst();
        NdArray result = NdArray.zeros(type.dtype(), type.shape().evaluate(lengths));
        long[] shape = result.shape();
        // What lies under one index of the axes before this one is contiguous in every operand.
        int row = Math.toIntExact(shape[axis] * result.strides()[axis]);
        int offset = 0;
        for (NdArray x : operands) {
            int part = Math.toIntExact(x.shape()[axis] * x.strides()[axis]);
            for (int from = 0, to = offset; part > 0 && from < x.data().length; from += part, to += row) {
                System.arraycopy(x.data(), from, result.data(), to, part);
            }
            offset += part;
        }
        return List.of(result);
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        List<Dim> starts = new ArrayList<>();
        Dim end = Dim.ZERO;
        for (int slot = 0; slot < operands.count(); slot++) {
            starts.add(end);
            end = end.plus(operands.type(slot).dim(axis));
        }
        ScalarExpr element = part(operands.count() - 1, starts.getLast(), index, operands);
        for (int slot = operands.count() - 2; slot >= 0; slot--) {
            ScalarExpr before = ScalarExpr.apply(ScalarFn.LT, index.get(axis), ScalarExpr.of(starts.get(slot + 1)));
            ScalarExpr part = part(slot, starts.get(slot), index, operands);
            element = ScalarExpr.apply(ScalarFn.SELECT, before, part, element);
        }
        return element;
    }

    private ScalarExpr part(int slot, Dim start, List<ScalarExpr> index, Operands operands) {
        List<ScalarExpr> source = new ArrayList<>(index);
        if (!start.isZero()) {
            source.set(axis, ScalarExpr.apply(ScalarFn.SUB, index.get(axis), ScalarExpr.of(start)));
        }
        return operands.at(slot, source);
    }

    @Override
    public void gradient(GradientContext c) {
        Shape shape = c.cotangent().type().shape();
        Dim start = Dim.ZERO;
        for (int slot = 0; slot < c.operands().size(); slot++) {
            Dim length = c.operand(slot).type().dim(axis);
            if (c.needs(slot)) {
                c.give(slot, c.add(Slice.along(shape, axis, start, length), c.cotangent()));
            }
            start = start.plus(length);
        }
    }
}
