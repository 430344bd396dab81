package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.frontend.value.Numbers;
import heddle.compiler.scalar.ScalarFn;
import java.util.Optional;

/** The tangent. For a number that is known at compile time it gives a number. */
public final class TanFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("tan", "x");
    }

    @Override
    public String summary() {
        return "tangent, `sin(x) / cos(x)`";
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Optional<Double> known = Numbers.known(a.value("x"));
        if (known.isPresent()) {
            return new Real(Math.tan(known.get()));
        }
        Tensor x = a.floats("x");
        Maths m = a.maths();
        return m.divide(m.apply(ScalarFn.SIN, x), m.apply(ScalarFn.COS, x));
    }
}
