package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import java.util.List;

/** Joins tensors along a new axis. */
public final class StackFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("stack", "parts").withDefault("axis", 0);
    }

    @Override
    public String summary() {
        return "joins a list of tensors of one shape along a new axis";
    }

    @Override
    public String shapes() {
        return "list of k times [..], axis 0 → [k, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Tensor> parts = a.tensors("parts");
        int axis = a.axis("axis", parts.getFirst().rank() + 1);
        Maths m = a.maths();
        return m.concat(
                parts.stream()
                        .map(p -> m.insertAxis(p, Math.min(axis, p.rank())))
                        .toList(),
                axis);
    }
}
