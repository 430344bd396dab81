package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.AxisVector;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;

/** Root mean square normalisation (Zhang, Sennrich 2019). */
public final class RmsNormFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("rms_norm", "x")
                .withOptional("weight")
                .withDefault("eps", 1e-5)
                .withDefault("axis", -1);
    }

    @Override
    public String summary() {
        return "x / sqrt(mean of x * x + eps) along the axis, then times weight";
    }

    @Override
    public String shapes() {
        return "[.., n, ..], weight [n] → [.., n, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.floats("x");
        int axis = a.axis("axis", x.rank());
        Maths m = a.maths();
        Tensor meanSquare = m.mean(m.square(x), axis);
        Tensor result = m.multiply(
                x, m.apply(ScalarFn.RSQRT, m.add(meanSquare, a.known("eps").real())));
        return a.has("weight") ? m.multiply(result, AxisVector.of(a, "weight", x, axis)) : result;
    }
}
