package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reverses axes. */
public final class FlipFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("flip", "x", "axis");
    }

    @Override
    public String summary() {
        return "the elements in reverse order along an axis, or along each of a list: a b c → c b a";
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        List<Dim> starts = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
        List<Long> steps = new ArrayList<>(Collections.nCopies(x.rank(), 1L));
        for (int axis : a.axes("axis", x.rank())) {
            starts.set(axis, x.dim(axis).minus(1));
            steps.set(axis, -1L);
        }
        return a.emitter().add(new Slice(starts, x.type().shape().dims(), steps), x);
    }
}
