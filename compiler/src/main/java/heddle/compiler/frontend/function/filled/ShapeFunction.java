package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Sequence;
import java.util.List;

/** All lengths. */
public final class ShapeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("shape", "x");
    }

    @Override
    public String summary() {
        return "the lengths of all axes, as a list";
    }

    @Override
    public String shapes() {
        return "a list of lengths";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Denotation> dims = a.tensor("x").type().shape().dims().stream()
                .<Denotation>map(Length::new)
                .toList();
        return new Sequence(dims);
    }
}
