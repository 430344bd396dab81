package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Converts every element as Java does: to floats the nearest value; from floats to integers towards zero, saturating;
 * between integers the low bits; to bool whether the element is not zero.
 */
public record Cast(DType to) implements Pointwise, Differentiable {
    @Override
    public String name() {
        return "cast";
    }

    @Override
    public OpCategory category() {
        return OpCategory.ELEMENTWISE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        return List.of(new TensorType(to, operands.getFirst().shape()));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        NdArray x = operands.getFirst();
        double[] data = Arrays.stream(x.data())
                .map(v -> ScalarMath.cast(x.dtype(), to, v))
                .toArray();
        return List.of(new NdArray(to, x.shape(), data));
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        return ScalarExpr.cast(to, operands.at(0, index));
    }

    /** Between floats it passes; what went through an integer or a bool does not. */
    @Override
    public void gradient(GradientContext c) {
        if (c.needs(0)) {
            c.give(
                    0,
                    c.cast(c.cotangent(), Precision.computed(c.operand(0).type().dtype())));
        }
    }
}
