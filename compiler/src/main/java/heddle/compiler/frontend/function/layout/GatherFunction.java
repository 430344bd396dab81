package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.op.layout.Gather;

/** Picks slices by index. */
public final class GatherFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("gather", "x", "index").withDefault("axis", 0);
    }

    @Override
    public String summary() {
        return "the slices of x along the axis that an integer tensor names; an index out of range takes the nearest in range";
    }

    @Override
    public String shapes() {
        return "[a, n, b], index [i, j], axis 1 → [a, i, j, b]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        Tensor index = a.index("index");
        return a.emitter().add(new Gather(a.axis("axis", x.rank())), x, index);
    }
}
