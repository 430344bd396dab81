package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.layout.Scatter;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;

/** Changes elements or slices by several indices at once. */
public final class ScatterNdFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("scatter_nd", "x", "index", "updates").withDefault(ScatterReduction.PARAMETER, "set");
    }

    @Override
    public String summary() {
        return "x with updates at the elements or slices that the last axis of index names, as gather_nd does; reduce as for"
                + " scatter_along";
    }

    @Override
    public String shapes() {
        return "[n, m, ..], index [i, j, 2], updates [i, j, ..] → [n, m, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Tensor> both = a.sameType("x", "updates");
        Tensor x = both.get(0);
        Tensor updates = both.get(1);
        NamedPlaces places = NamedPlaces.of(a, x, a.index("index"), 0);
        List<Dim> expected = new ArrayList<>(places.number().type().shape().dims());
        expected.addAll(places.slice());
        if (!updates.type().shape().dims().equals(expected)) {
            throw a.mistakes()
                    .unfit(
                            "updates",
                            FrontendCode.OPERATION,
                            "needs updates of shape " + new Shape(expected) + ", not " + updates.type(),
                            "");
        }
        Maths m = a.maths();
        Dim count = places.number().type().shape().size();
        Tensor number = m.reshape(places.number(), Shape.of(count));
        List<Dim> flat = new ArrayList<>(List.of(count));
        flat.addAll(places.slice());
        Tensor rows = m.reshape(updates, new Shape(flat));
        Tensor changed = ScatterReduction.of(a, x)
                .apply(
                        m,
                        m.reshape(x, places.flat()),
                        rows,
                        m.positions(count, 0, 1),
                        (kind, values) -> a.emitter().add(new Scatter(0, places.size(), kind), values, number),
                        last -> m.gather(rows, last, 0));
        return m.reshape(changed, x.type().shape());
    }
}
