package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.AxisVector;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;

/** Layer normalisation (Ba, Kiros, Hinton 2016). */
public final class LayerNormFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("layer_norm", "x")
                .withOptional("weight")
                .withOptional("bias")
                .withDefault("eps", 1e-5)
                .withDefault("axis", -1);
    }

    @Override
    public String summary() {
        return "(x - mean) / sqrt(variance + eps) along the axis, then times weight, plus bias";
    }

    @Override
    public String shapes() {
        return "[.., n, ..], weight [n], bias [n] → [.., n, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.floats("x");
        int axis = a.axis("axis", x.rank());
        Maths m = a.maths();
        Tensor centred = m.subtract(x, m.mean(x, axis));
        Tensor variance = m.mean(m.square(centred), axis);
        Tensor scale = m.apply(ScalarFn.RSQRT, m.add(variance, a.known("eps").real()));
        Tensor result = m.multiply(centred, scale);
        if (a.has("weight")) {
            result = m.multiply(result, AxisVector.of(a, "weight", x, axis));
        }
        return a.has("bias") ? m.add(result, AxisVector.of(a, "bias", x, axis)) : result;
    }
}
