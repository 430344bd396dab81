package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/** Returns its operand. No gradient flows through it. */
public record StopGradient() implements Pointwise, Differentiable {
    @Override
    public String name() {
        return "stop_gradient";
    }

    @Override
    public OpCategory category() {
        return OpCategory.ELEMENTWISE;
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
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        return ScalarExpr.apply(ScalarFn.STOP_GRADIENT, operands.at(0, index));
    }

    /** Gives nothing. */
    @Override
    public void gradient(GradientContext c) {}
}
