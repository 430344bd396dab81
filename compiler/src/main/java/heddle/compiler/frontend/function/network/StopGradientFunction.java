package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.op.StopGradient;

/** A value that gradients do not pass. */
public final class StopGradientFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("stop_gradient", "x");
    }

    @Override
    public String summary() {
        return "x itself; in training no gradient flows through it";
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        return a.emitter().add(new StopGradient(), a.tensor("x"));
    }
}
