package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.op.Softmax;

/** Softmax along an axis. */
public final class SoftmaxFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("softmax", "x").withDefault("axis", -1);
    }

    @Override
    public String summary() {
        return "exp(x) divided by its sum along the axis; a row of nothing but -inf gives zeros";
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.floats("x");
        return a.emitter().add(new Softmax(a.axis("axis", x.rank())), x);
    }
}
