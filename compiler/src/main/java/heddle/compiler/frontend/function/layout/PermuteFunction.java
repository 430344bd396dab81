package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Words;
import java.util.List;

/** Puts axes in another order. */
public final class PermuteFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("permute", "x", "order");
    }

    @Override
    public String summary() {
        return "puts axes in another order: axis i of the result is axis order[i] of x";
    }

    @Override
    public String shapes() {
        return "[a, b, c], [2, 0, 1] → [c, a, b]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        List<Integer> order = a.axes("order", x.rank());
        if (order.size() != x.rank()) {
            throw a.mistakes().wrongValue("order", "it names " + Words.axes(order.size()) + ", and x has " + x.rank());
        }
        return a.maths().permute(x, order);
    }
}
