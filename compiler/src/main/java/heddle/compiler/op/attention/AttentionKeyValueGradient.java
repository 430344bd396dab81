package heddle.compiler.op.attention;

import heddle.compiler.type.TensorType;
import java.util.List;

/**
 * The gradients of attention that are summed along queries: by its keys and values, and by captured tensors that say something of
 * each key.
 *
 * @param operands the type of each operand
 * @param backward what they are computed from
 * @param results  of the kinds KEY and VALUE, and SCORE and WEIGHT that do not run along queries
 */
public record AttentionKeyValueGradient(
        List<TensorType> operands, AttentionBackward backward, List<GradientResult> results) implements SummedGradient {
    /** The name in the text form. */
    public static final String NAME = "attention_key_value_gradient";

    public AttentionKeyValueGradient {
        operands = List.copyOf(operands);
        results = List.copyOf(results);
        GradientOp.check(
                NAME,
                results,
                List.of(
                        GradientResult.Kind.KEY,
                        GradientResult.Kind.VALUE,
                        GradientResult.Kind.SCORE,
                        GradientResult.Kind.WEIGHT));
        GradientOp.check(NAME, results, backward.forward().i(), false);
        GradientOp.check(NAME, results, backward.forward().j(), true);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public AttentionKeyValueGradient of(List<TensorType> others, AttentionBackward other, List<GradientResult> stored) {
        return new AttentionKeyValueGradient(others, other, stored);
    }
}
