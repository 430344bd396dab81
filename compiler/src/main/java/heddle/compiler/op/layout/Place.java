package heddle.compiler.op.layout;

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
 * Puts a tensor into zeros, where {@link Slice} with the same starts and steps takes it from.
 *
 * @param steps not zero; negative steps go backwards
 * @param shape of the result
 */
public record Place(List<Dim> starts, List<Long> steps, Shape shape) implements LayoutOp {
    public Place {
        starts = List.copyOf(starts);
        steps = List.copyOf(steps);
        if (starts.size() != shape.rank() || steps.size() != shape.rank() || steps.contains(0L)) {
            throw new IllegalArgumentException("place " + starts + " " + steps + " " + shape);
        }
    }

    @Override
    public String name() {
        return "place";
    }

    @Override
    public Map<String, Object> attributes() {
        return AttributeMap.of("starts", starts, "steps", steps);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        TensorType x = operands.getFirst();
        Require.rank(name(), starts.size(), x, "starts");
        Require.isNumeric(name(), x);
        return List.of(new TensorType(x.dtype(), shape));
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Place(new Shape(starts).bind(bindings).dims(), steps, shape.bind(bindings));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        NdArray result = NdArray.zeros(x.dtype(), shape.evaluate(lengths));
        long[] strides = result.strides();
        long offset = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            offset += starts.get(axis).evaluate(lengths) * strides[axis];
            strides[axis] *= steps.get(axis);
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
        List<ScalarExpr> source = new ArrayList<>();
        List<ScalarExpr> inside = new ArrayList<>();
        for (int axis = 0; axis < index.size(); axis++) {
            long step = steps.get(axis);
            boolean isWhole =
                    step == 1 && starts.get(axis).isZero() && x.dim(axis).equals(shape.dim(axis));
            if (isWhole) {
                source.add(index.get(axis));
                continue;
            }
            ScalarExpr start = ScalarExpr.of(starts.get(axis));
            ScalarExpr distance = step > 0
                    ? ScalarExpr.apply(ScalarFn.SUB, index.get(axis), start)
                    : ScalarExpr.apply(ScalarFn.SUB, start, index.get(axis));
            ScalarExpr width = ScalarExpr.of(Math.abs(step));
            ScalarExpr at = Math.abs(step) == 1 ? distance : ScalarExpr.apply(ScalarFn.FLOOR_DIV, distance, width);
            inside.add(ScalarExpr.apply(ScalarFn.GE, distance, ScalarExpr.of(0)));
            inside.add(ScalarExpr.apply(ScalarFn.LT, at, ScalarExpr.of(x.dim(axis))));
            if (Math.abs(step) != 1) {
                ScalarExpr rest = ScalarExpr.apply(ScalarFn.MOD, distance, width);
                inside.add(ScalarExpr.apply(ScalarFn.EQ, rest, ScalarExpr.of(0)));
            }
            source.add(at);
        }
        ScalarExpr element = operands.at(0, source);
        return inside.stream()
                .reduce((a, b) -> ScalarExpr.apply(ScalarFn.AND, a, b))
                .map(c -> ScalarExpr.apply(ScalarFn.SELECT, c, element, ScalarExpr.zero(x.dtype())))
                .orElse(element);
    }

    @Override
    public void gradient(GradientContext c) {
        c.give(0, c.add(new Slice(starts, c.operand(0).type().shape().dims(), steps), c.cotangent()));
    }
}
