package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.layout.ScatterAlong;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.type.Shape;
import java.util.List;

/** Changes elements by an index of their own. */
public final class ScatterAlongFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("scatter_along", "x", "index", "updates", "axis")
                .withDefault(ScatterReduction.PARAMETER, "set");
    }

    @Override
    public String summary() {
        return "x with each of the updates at the place along the axis that index names, clamped like gather; reduce is set,"
                + " where the last update of a place counts, add, mul, max or min";
    }

    @Override
    public String shapes() {
        return "[a, n, b], index and updates [a, k, b], axis 1 → [a, n, b]";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Tensor> both = a.sameType("x", "updates");
        Tensor x = both.get(0);
        Tensor updates = both.get(1);
        Tensor index = a.index("index");
        int axis = a.axis("axis", x.rank());
        Shape shape = index.type().shape();
        boolean fits = index.rank() == x.rank()
                && shape.equals(x.type().shape().with(axis, index.dim(axis)))
                && shape.equals(updates.type().shape());
        if (!fits) {
            throw a.mistakes()
                    .unfit(
                            "index",
                            FrontendCode.OPERATION,
                            "of " + x.type() + " along axis " + axis + " cannot take the index " + index.type()
                                    + " and the updates " + updates.type(),
                            "both need the lengths of x but for the axis");
        }
        Maths m = a.maths();
        Tensor order = m.expand(m.positions(index.dim(axis), axis, x.rank()), shape);
        return ScatterReduction.of(a, x)
                .apply(
                        m,
                        x,
                        updates,
                        order,
                        (kind, values) -> a.emitter().add(new ScatterAlong(axis, x.dim(axis), kind), values, index),
                        last -> a.emitter().add(new TakeAlong(axis), updates, last));
    }
}
