package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;

/** A power, which the operator {@code **} stands for. */
public final class PowFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("pow", "x", "exponent");
    }

    @Override
    public String summary() {
        return "x to the power of exponent, the operator `**`";
    }

    @Override
    public String shapes() {
        return "broadcast of both";
    }

    @Override
    public Denotation expand(Arguments a) {
        return Power.of(a.emitter(), a.operand("x"), a.operand("exponent"), a.call());
    }
}
