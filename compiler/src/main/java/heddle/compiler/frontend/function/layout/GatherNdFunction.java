package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;

/** Picks elements or slices by several indices at once. */
public final class GatherNdFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("gather_nd", "x", "index").withDefault("batch_axes", 0);
    }

    @Override
    public String summary() {
        return "the elements or slices of x that the last axis of index names, one number for each leading axis of x; the"
                + " first batch_axes axes are common to both, and indices are clamped like those of gather";
    }

    @Override
    public String shapes() {
        return "[n, m, ..], index [i, j, 2] → [i, j, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        Tensor index = a.index("index");
        long batches = a.known("batch_axes").integer();
        if (batches < 0 || batches >= index.rank() || batches > x.rank()) {
            throw a.mistakes().wrongValue("batch_axes", "x is " + x.type() + ", and index " + index.type());
        }
        int batch = (int) batches;
        for (int axis = 0; axis < batch; axis++) {
            if (!x.dim(axis).equals(index.dim(axis))) {
                throw a.mistakes()
                        .unfit(
                                "index",
                                FrontendCode.OPERATION,
                                "needs the batch axes of " + x.type() + " in the index, which is " + index.type(),
                                "");
            }
        }
        NamedPlaces places = NamedPlaces.of(a, x, index, batch);
        Maths m = a.maths();
        Tensor slices = m.gather(m.reshape(x, places.flat()), places.number(), 0);
        List<Dim> dims = new ArrayList<>(index.type().shape().dims().subList(0, index.rank() - 1));
        dims.addAll(places.slice());
        return m.reshape(slices, new Shape(dims));
    }
}
