package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;

/** Repeats axes of length one. */
public final class ExpandFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("expand", "x", "shape");
    }

    @Override
    public String summary() {
        return "repeats x along axes of length one, and along new leading axes, to have the shape";
    }

    @Override
    public String shapes() {
        return "[1, m], [k, n, m] → [k, n, m]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        return a.maths().expand(x, a.known("shape").shape());
    }
}
