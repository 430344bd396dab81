package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;

/** Removes an axis of length one. */
public final class SqueezeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("squeeze", "x", "axis");
    }

    @Override
    public String summary() {
        return "removes an axis of length one";
    }

    @Override
    public String shapes() {
        return "[a, 1, b], 1 → [a, b]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        int axis = a.axis("axis", x.rank());
        if (!x.dim(axis).is(1)) {
            throw a.mistakes()
                    .wrongValue("axis", "axis " + axis + " of " + x.type() + " has length " + x.dim(axis) + ", not 1");
        }
        return a.maths().dropAxis(x, axis);
    }
}
