package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.op.layout.TakeAlong;

/** Picks elements by an index of their own. */
public final class TakeAlongFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("take_along", "x", "index", "axis");
    }

    @Override
    public String summary() {
        return "along the axis, for each place of index the element of x it names; clamped like gather";
    }

    @Override
    public String shapes() {
        return "[a, n, b], index [a, k, b], axis 1 → [a, k, b]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        Tensor index = a.index("index");
        return a.emitter().add(new TakeAlong(a.axis("axis", x.rank())), x, index);
    }
}
