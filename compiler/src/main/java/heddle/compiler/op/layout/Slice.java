package heddle.compiler.op.layout;

import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.op.AttributeMap;
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

/**
 * A regular part of a tensor: along each axis {@code start + i * step} for i from 0 up to {@code length}, which must
 * all lie inside.
 *
 * @param steps not zero; negative steps go backwards
 */
public record Slice(List<Dim> starts, List<Dim> lengths, List<Long> steps) implements View {
    public Slice {
        starts = List.copyOf(starts);
        lengths = List.copyOf(lengths);
        steps = List.copyOf(steps);
        if (starts.size() != lengths.size() || starts.size() != steps.size() || steps.contains(0L)) {
            throw new IllegalArgumentException("slice " + starts + " " + lengths + " " + steps);
        }
    }

    /** The slice that keeps all axes except one, of which it takes {@code length} elements from {@code start} on. */
    public static Slice along(Shape shape, int axis, Dim start, Dim length) {
        List<Dim> starts = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        for (int i = 0; i < shape.rank(); i++) {
            starts.add(i == axis ? start : Dim.ZERO);
            steps.add(1L);
        }
        return new Slice(starts, shape.with(axis, length).dims(), steps);
    }

    @Override
    public String name() {
        return "slice";
    }

    @Override
    public Map<String, Object> attributes() {
        return AttributeMap.of("starts", starts, "lengths", lengths, "steps", steps);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        TensorType x = operands.getFirst();
        Require.rank(name(), starts.size(), x, "ranges");
        for (int axis = 0; axis < x.rank(); axis++) {
            Require.notNegative(name(), lengths.get(axis), "length", x);
            boolean empty = lengths.get(axis).isZero();
            if (!empty && (outside(starts.get(axis), x.dim(axis)) || outside(last(axis), x.dim(axis)))) {
                throw Require.mismatch(reach(x, axis), "a slice must lie inside its tensor", 0);
            }
        }
        return List.of(new TensorType(x.dtype(), new Shape(lengths)));
    }

    private Dim last(int axis) {
        return starts.get(axis).plus(lengths.get(axis).minus(1).times(steps.get(axis)));
    }

    private String reach(TensorType x, int axis) {
        return "slice of " + x + ": elements " + starts.get(axis) + " to " + last(axis) + " of axis " + axis
                + ", which has length " + x.dim(axis);
    }

    @Override
    public List<LengthCondition> conditions(List<TensorType> operands) {
        TensorType x = operands.getFirst();
        List<LengthCondition> conditions = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            boolean forwards = steps.get(axis) > 0;
            Dim least = forwards ? starts.get(axis) : last(axis);
            Dim greatest = forwards ? last(axis) : starts.get(axis);
            for (Dim d : List.of(lengths.get(axis), least, x.dim(axis).minus(1).minus(greatest))) {
                conditions.add(new LengthCondition(d, reach(x, axis)));
            }
        }
        return conditions;
    }

    /** Whether an index is known to lie outside. */
    private static boolean outside(Dim at, Dim length) {
        Dim beyond = at.minus(length);
        return at.isKnown() && at.value() < 0 || beyond.isKnown() && beyond.value() >= 0;
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Slice(
                new Shape(starts).bind(bindings).dims(),
                new Shape(lengths).bind(bindings).dims(),
                steps);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> bound) {
        NdArray x = operands.getFirst();
        long[] strides = x.strides();
        long[] shape = new Shape(lengths).evaluate(bound);
        long offset = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            long start = starts.get(axis).evaluate(bound);
            long last = start + (shape[axis] - 1) * steps.get(axis);
            if (shape[axis] > 0 && (Math.min(start, last) < 0 || Math.max(start, last) >= x.shape()[axis])) {
                throw new IllegalArgumentException("slice of " + x.type() + ": elements " + start + " to " + last
                        + " of axis " + axis + " with " + bound);
            }
            offset += start * strides[axis];
            strides[axis] *= steps.get(axis);
        }
        return List.of(new NdArray(x.dtype(), shape, Strided.copy(x.data(), offset, strides, shape)));
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        List<ScalarExpr> source = new ArrayList<>();
        for (int axis = 0; axis < index.size(); axis++) {
            ScalarExpr at = index.get(axis);
            if (steps.get(axis) != 1) {
                at = ScalarExpr.apply(ScalarFn.MUL, at, ScalarExpr.of(steps.get(axis)));
            }
            if (!starts.get(axis).isZero()) {
                at = ScalarExpr.apply(ScalarFn.ADD, at, ScalarExpr.of(starts.get(axis)));
            }
            source.add(at);
        }
        return operands.at(0, source);
    }

    @Override
    public void gradient(GradientContext c) {
        Shape shape = c.operand(0).type().shape();
        c.give(0, c.add(new Place(starts, steps, shape), c.cotangent()));
    }
}
