package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Broadcasting;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;

/** Chooses between two values for each element. */
public final class WhereFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("where", "condition", "a", "b");
    }

    @Override
    public String summary() {
        return "a where the condition is true, b elsewhere; the other one does not count, not even as NaN";
    }

    @Override
    public String shapes() {
        return "broadcast of all three";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor condition = a.tensor("condition", DType.BOOL);
        if (condition.dtype() != DType.BOOL) {
            throw a.mistakes()
                    .unfit(
                            "condition",
                            FrontendCode.OPERATOR,
                            "needs a bool condition, not " + condition.type(),
                            "compare, like x != 0");
        }
        List<Tensor> choices = a.sameType("a", "b");
        List<Tensor> all = List.of(condition, choices.get(0), choices.get(1));
        Broadcasting.check(List.of(a.operand("condition"), a.operand("a"), a.operand("b")), all, "where", a.call());
        return a.maths().apply(ScalarFn.SELECT, condition, choices.get(0), choices.get(1));
    }
}
