package heddle.compiler.op.gradient;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.Require;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * Returns its operand, a gradient that is right by itself and whose own gradient would not be: asking for that is an error.
 *
 * @param of the operation whose gradient it is
 */
public record FirstOrder(String of) implements Differentiable {
    @Override
    public String name() {
        return "first_order";
    }

    @Override
    public OpCategory category() {
        return OpCategory.LAYOUT;
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("of", of);
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
        throw c.noGradient(
                "the gradient of `" + of + "` has no gradient itself",
                "write the product of the factors, or put stop_gradient around what need not be differentiated");
    }
}
