package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.type.DType;

/** A tensor of one value. */
public final class FullFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("full", "shape", "value").withOptional("dtype");
    }

    @Override
    public String summary() {
        return "a tensor of one value; without dtype it is f32 for 1.0, i64 for 1, bool for true";
    }

    @Override
    public String shapes() {
        return "dtype[shape]";
    }

    @Override
    public Denotation expand(Arguments a) {
        DType dtype = a.has("dtype") ? a.known("dtype").dtype() : Promotion.alone(a.value("value"));
        Tensor value = a.tensor("value", dtype);
        return a.maths().expand(a.maths().cast(value, dtype), a.known("shape").shape());
    }
}
