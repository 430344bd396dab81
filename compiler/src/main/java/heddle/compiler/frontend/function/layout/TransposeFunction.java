package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;

/** Swaps two axes. */
public final class TransposeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("transpose", "x").withDefault("a", -2).withDefault("b", -1);
    }

    @Override
    public String summary() {
        return "swaps two axes, the last two unless named";
    }

    @Override
    public String shapes() {
        return "[.., n, m] → [.., m, n]";
    }

    @Override
    public Denotation expand(Arguments a) {
        if (a.known("a").isList()) {
            throw a.known("a").wrong("an axis", "permute(x, order) puts all axes in an order");
        }
        Tensor x = a.tensor("x");
        return a.maths().swap(x, a.axis("a", x.rank()), a.axis("b", x.rank()));
    }
}
