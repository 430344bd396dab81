package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Broadcasting;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;

/** Keeps elements between two bounds. */
public final class ClipFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("clip", "x", "low", "high");
    }

    @Override
    public String summary() {
        return "`min(max(x, low), high)`: elements below low become low, those above high become high";
    }

    @Override
    public String shapes() {
        return "broadcast of all three";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Tensor> all = a.sameType("x", "low", "high");
        List<Operand> operands = List.of(a.operand("x"), a.operand("low"), a.operand("high"));
        Broadcasting.check(operands, all, "clip", a.call());
        Tensor raised = a.maths().apply(ScalarFn.MAX, all.get(0), all.get(1));
        return a.maths().apply(ScalarFn.MIN, raised, all.get(2));
    }
}
