package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.StopGradient;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;

/** The logarithm of softmax, computed without taking the logarithm of small numbers. */
public final class LogSoftmaxFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("log_softmax", "x").withDefault("axis", -1);
    }

    @Override
    public String summary() {
        return "logarithm of softmax(x)";
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
        // A shift changes nothing; without a gradient it adds no noise to that of the others.
        Tensor greatest = a.emitter().add(new StopGradient(), m.reduce(Reduction.MAX, x, List.of(axis), true));
        Tensor shifted = m.subtract(x, greatest);
        return m.subtract(shifted, m.apply(ScalarFn.LOG, m.sum(m.apply(ScalarFn.EXP, shifted), axis)));
    }
}
