package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;

/** Splits one axis into several. */
public final class SplitAxisFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("split_axis", "x", "axis", "sizes");
    }

    @Override
    public String summary() {
        return "makes several axes of one; one size may be -1 and is worked out";
    }

    @Override
    public String shapes() {
        return "[.., a * b, ..] → [.., a, b, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        int axis = a.axis("axis", x.rank());
        Shape sizes = Reshaping.complete(a, "sizes", x.dim(axis));
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        dims.remove(axis);
        dims.addAll(axis, sizes.dims());
        return a.maths().reshape(x, new Shape(dims));
    }
}
