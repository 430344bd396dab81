package heddle.compiler.op.gradient;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.Require;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * Returns its operand, and stands for it where a gradient is taken by it. No rule looks through it: an equal value that the
 * loss reaches on other ways has another gradient.
 */
public record Anchor() implements Differentiable {
    @Override
    public String name() {
        return "anchor";
    }

    @Override
    public OpCategory category() {
        return OpCategory.LAYOUT;
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        return operands;
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        return operands;
    }

    @Override
    public void gradient(GradientContext c) {
        c.give(0, c.cotangent());
    }
}
