package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.type.DType;

/** Converts elements. */
public final class CastFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("cast", "x", "dtype");
    }

    @Override
    public String summary() {
        return "converts elements: floats to integers towards zero, anything but zero to true";
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        DType to = a.known("dtype").dtype();
        boolean alike = switch (a.value("x")) {
            case Tensor ignored -> false;
            case Bool ignored -> to == DType.BOOL;
            case Real ignored -> to.isFloat();
            default -> to != DType.BOOL;
        };
        Tensor x = a.tensor("x", alike ? to : Promotion.alone(a.value("x")));
        return a.maths().cast(x, to);
    }
}
