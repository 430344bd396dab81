package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.type.Dim;

/** The numbers 0, 1, 2, … */
public final class IotaFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("iota", "n");
    }

    @Override
    public String summary() {
        return "the numbers 0, 1, 2, … n - 1";
    }

    @Override
    public String shapes() {
        return "i64[n]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Dim n = a.known("n").length();
        if (n.isKnown() && n.value() < 0) {
            throw a.mistakes().wrongValue("n", "a length cannot be negative");
        }
        return a.emitter().add(new Iota(n));
    }
}
