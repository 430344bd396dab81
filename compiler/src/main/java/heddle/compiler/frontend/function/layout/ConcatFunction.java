package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import java.util.List;

/** Joins tensors along an axis. */
public final class ConcatFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("concat", "parts").withDefault("axis", -1);
    }

    @Override
    public String summary() {
        return "joins a list of tensors along an axis";
    }

    @Override
    public String shapes() {
        return "list of [.., n, ..], [.., m, ..] → [.., n + m, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Tensor> parts = a.tensors("parts");
        return a.maths().concat(parts, a.axis("axis", parts.getFirst().rank()));
    }
}
