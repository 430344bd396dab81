package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Tensor;

/** The length of an axis. */
public final class SizeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("size", "x", "axis");
    }

    @Override
    public String summary() {
        return "the length of an axis, known when the model is compiled";
    }

    @Override
    public String shapes() {
        return "a length";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        return new Length(x.dim(a.axis("axis", x.rank())));
    }
}
