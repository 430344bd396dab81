package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;

/** The number of axes. */
public final class RankFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("rank", "x");
    }

    @Override
    public String summary() {
        return "the number of axes";
    }

    @Override
    public String shapes() {
        return "an integer";
    }

    @Override
    public Denotation expand(Arguments a) {
        return Denotation.of(a.tensor("x").rank());
    }
}
