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
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Adds slices to zeros at indexes: the gradient of {@link Gather}. From {@code x} of shape {@code data[:axis] + index +
 * data[axis+1:]} and {@code index} it makes a tensor of the shape of {@code data}. Slices of one index are added in their
 * order, or combined otherwise, from the neutral element. An index out of range is clamped to the nearest that is in range.
 *
 * @param size of the result's axis
 * @param kind how slices of one index are combined
 */
public record Scatter(int axis, Dim size, Reduction kind) implements Differentiable {
    /** A sum. */
    public Scatter(int axis, Dim size) {
        this(axis, size, Reduction.SUM);
    }

    /** The name of the operation that combines so: {@code scatter_add}, {@code scatter_max}. */
    public static String name(Reduction kind) {
        return "scatter_" + (kind == Reduction.SUM ? "add" : kind.name().toLowerCase(Locale.ROOT));
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
        Require.isInteger(name(), index, 1);
        Require.isNumeric(name(), x);
        int end = axis + index.rank();
        if (axis < 0
                || end > x.rank()
                || !x.shape().dims().subList(axis, end).equals(index.shape().dims())) {
            throw Require.mismatch(
                    name() + " axis " + axis + " of " + x + " with the index " + index,
                    "the axes from there on must be those of the index",
                    0,
                    1);
        }
        requireSomewhereToPut(name(), operands, size);
        List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, axis));
        dims.add(size);
        dims.addAll(x.shape().dims().subList(end, x.rank()));
        return List.of(new TensorType(x.dtype(), new Shape(dims)));
    }

    @Override
    public List<LengthCondition> conditions(List<TensorType> operands) {
        return somewhereToPut(name(), operands, size);
    }

    /** Where an element is put, there is a place for it. */
    static List<LengthCondition> somewhereToPut(String op, List<TensorType> operands, Dim size) {
        Dim put = operands.get(1).shape().size();
        return size.isKnown()
                ? List.of()
                : List.of(new LengthCondition(
                        put.times(size.minus(1)), op + " of " + operands.get(0) + " into an axis that is empty"));
    }

    /** That an axis without elements takes none. */
    static void requireSomewhereToPut(String op, List<TensorType> operands, Dim size) {
        if (size.isZero() && !operands.get(1).shape().size().isZero()) {
            throw Require.mismatch(op + " of " + operands.get(0) + " into an axis that is empty", "", 0);
        }
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Scatter(axis, size.bind(bindings), kind);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.get(0);
        NdArray index = operands.get(1);
        Shape shape = infer(List.of(x.type(), index.type())).getFirst().shape();
        NdArray result = NdArray.zeros(x.dtype(), shape.evaluate(lengths));
        Arrays.fill(result.data(), ScalarMath.neutral(kind, x.dtype()));
        ScalarFn fn = ScalarMath.combine(kind);
        int inner = Math.toIntExact(result.strides()[axis]);
        long extent = result.shape()[axis];
        int block = Math.toIntExact(extent * inner);
        int from = 0;
        for (int outer = 0; block > 0 && outer < result.data().length; outer += block) {
            for (double at : index.data()) {
                int to = outer + Gather.clamp(at, extent) * inner;
                for (int i = 0; i < inner; i++) {
                    double before = result.data()[to + i];
                    result.data()[to + i] = ScalarMath.apply(fn, x.dtype(), before, x.data()[from + i], 0);
                }
                from += inner;
            }
        }
        return List.of(result);
    }

    @Override
    public void gradient(GradientContext c) {
        if (c.needs(0)) {
            new ReductionGradient(
                            c,
                            kind,
                            (how, x) -> c.add(new Scatter(axis, size, how), x, c.operand(1)),
                            x -> c.add(new Gather(axis), x, c.operand(1)))
                    .give();
        }
    }
}
