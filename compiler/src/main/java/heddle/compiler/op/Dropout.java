package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * Sets elements to zero at random in training (Srivastava et al. 2014). At inference it returns its operand.
 *
 * @param probability of an element to be dropped, at least 0 and less than 1
 */
public record Dropout(double probability) implements Pointwise {
    @Override
    public String name() {
        return "dropout";
    }

    @Override
    public OpCategory category() {
        return OpCategory.ELEMENTWISE;
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("p", probability);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 1);
        Require.isFloat(name(), operands.getFirst());
        if (!(probability >= 0 && probability < 1)) {
            throw Require.mismatch(
                    "dropout with the probability " + probability, "it must be at least 0 and less than 1");
        }
        return operands;
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        return operands;
    }

    @Override
    public ScalarExpr at(List<ScalarExpr> index, Operands operands) {
        return operands.at(0, index);
    }

    @Override
    public boolean isView() {
        return true;
    }
}
