package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;

/** Inserts an axis of length one. */
public final class UnsqueezeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("unsqueeze", "x", "axis");
    }

    @Override
    public String summary() {
        return "inserts an axis of length one, which is axis `axis` of the result";
    }

    @Override
    public String shapes() {
        return "[a, b], 1 → [a, 1, b]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        return a.maths().insertAxis(x, a.axis("axis", x.rank() + 1));
    }
}
