package heddle.compiler.op.layout;

import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.op.AttributeMap;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Adds a margin of one value around a tensor.
 *
 * @param low   the number of elements added before each axis
 * @param high  the number added after it
 * @param value an integer for integer tensors, 0 or 1 for bool tensors
 */
public record Pad(List<Dim> low, List<Dim> high, double value) implements LayoutOp {
    public Pad {
        low = List.copyOf(low);
        high = List.copyOf(high);
    }

    @Override
    public String name() {
        return "pad";
    }

    @Override
    public Map<String, Object> attributes() {
        return AttributeMap.of("low", low, "high", high, "value", value);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        TensorType x = operands.getFirst();
        Require.rank(name(), low.size(), x, "margins");
        Require.rank(name(), high.size(), x, "margins");
        if (!x.dtype().isFloat() && (value != Math.rint(value) || Double.isInfinite(value))) {
            throw Require.mismatch("pad of " + x + " with " + value, "pad it with a whole number", 0);
        }
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            Require.notNegative(name(), low.get(axis), "margin", x);
            Require.notNegative(name(), high.get(axis), "margin", x);
            dims.add(low.get(axis).plus(x.dim(axis)).plus(high.get(axis)));
        }
        return List.of(new TensorType(x.dtype(), new Shape(dims)));
    }

    @Override
    public List<LengthCondition> conditions(List<TensorType> operands) {
        return Stream.concat(low.stream(), high.stream())
                .map(d -> new LengthCondition(d, "pad of " + operands.getFirst() + " has the negative margin " + d))
                .toList();
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Pad(
                new Shape(low).bind(bindings).dims(),
                new Shape(high).bind(bindings).dims(),
                value);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        NdArray result = NdArray.zeros(
                x.dtype(), infer(List.of(x.type())).getFirst().shape().evaluate(lengths));
        Arrays.fill(result.data(), x.dtype().nearest(value));
        long[] strides = result.strides();
        long offset = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            offset += low.get(axis).evaluate(lengths) * strides[axis];
        }
        long[] index = new long[x.rank()];
        for (double element : x.data()) {
            long to = offset;
            for (int axis = 0; axis < index.length; axis++) {
                to += index[axis] * strides[axis];
            }
            result.data()[Math.toIntExact(to)] = element;
            Strided.increment(index, x.shape());
        }
        return List.of(result);
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        TensorType x = operands.type(0);
        List<ScalarExpr> source = new ArrayList<>(index);
        List<ScalarExpr> inside = new ArrayList<>();
        for (int axis = 0; axis < index.size(); axis++) {
            ScalarExpr at = index.get(axis);
            ScalarExpr start = ScalarExpr.of(low.get(axis));
            if (!low.get(axis).isZero()) {
                inside.add(ScalarExpr.apply(ScalarFn.GE, at, start));
                source.set(axis, ScalarExpr.apply(ScalarFn.SUB, at, start));
            }
            if (!high.get(axis).isZero()) {
                ScalarExpr end = ScalarExpr.of(low.get(axis).plus(x.dim(axis)));
                inside.add(ScalarExpr.apply(ScalarFn.LT, at, end));
            }
        }
        ScalarExpr element = operands.at(0, source);
        return inside.stream()
                .reduce((a, b) -> ScalarExpr.apply(ScalarFn.AND, a, b))
                .map(c -> ScalarExpr.apply(ScalarFn.SELECT, c, element, margin(x.dtype())))
                .orElse(element);
    }

    private ScalarExpr margin(DType dtype) {
        return dtype.isInt()
                ? new ScalarExpr.IntLiteral(dtype, (long) value)
                : new ScalarExpr.Literal(dtype, dtype.nearest(value));
    }

    @Override
    public void gradient(GradientContext c) {
        Shape shape = c.operand(0).type().shape();
        c.give(0, c.add(new Slice(low, shape.dims(), Collections.nCopies(shape.rank(), 1L)), c.cotangent()));
    }
}
