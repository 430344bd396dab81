package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;

/** Scales vectors to length one. */
public final class NormalizeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("normalize", "x").withDefault("axis", -1).withDefault("eps", 1e-12);
    }

    @Override
    public String summary() {
        return "x divided by its Euclidean length along the axis, which counts as eps at least";
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.floats("x");
        int axis = a.axis("axis", x.rank());
        Maths m = a.maths();
        Tensor length = m.apply(ScalarFn.SQRT, m.sum(m.square(x), axis));
        return m.divide(x, m.apply(ScalarFn.MAX, length, m.number(a.known("eps").real(), x.dtype())));
    }
}
