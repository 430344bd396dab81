package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;

/** Keeps the elements and changes the axes. */
public final class ReshapeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("reshape", "x", "shape");
    }

    @Override
    public String summary() {
        return "the same elements in row-major order under other axes; one length may be -1 and is worked out";
    }

    @Override
    public String shapes() {
        return "[..] → shape";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        return a.maths()
                .reshape(x, Reshaping.complete(a, "shape", x.type().shape().size()));
    }
}
