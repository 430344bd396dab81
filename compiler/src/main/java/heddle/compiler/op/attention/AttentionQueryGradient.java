package heddle.compiler.op.attention;

import heddle.compiler.type.TensorType;
import java.util.List;

/**
 * The gradients of attention that are summed along keys: by its queries, and by captured tensors that say something of each query or
 * of each pair.
 *
 * @param operands the type of each operand
 * @param backward what they are computed from
 * @param results  of the kinds QUERY, SCORE and WEIGHT; or tables alone
 */
public record AttentionQueryGradient(
        List<TensorType> operands, AttentionBackward backward, List<GradientResult> results) implements SummedGradient {
    /** The name in the text form. */
    public static final String NAME = "attention_query_gradient";

    public AttentionQueryGradient {
        operands = List.copyOf(operands);
        results = List.copyOf(results);
        GradientOp.check(
                NAME,
                results,
                List.of(
                        GradientResult.Kind.QUERY,
                        GradientResult.Kind.SCORE,
                        GradientResult.Kind.WEIGHT,
                        GradientResult.Kind.SCORE_TABLE,
                        GradientResult.Kind.WEIGHT_TABLE));
        if (results.stream().map(r -> r.kind().isTable()).distinct().count() > 1) {
            throw new IllegalArgumentException(NAME + " has tables beside other results");
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public AttentionQueryGradient of(List<TensorType> others, AttentionBackward other, List<GradientResult> stored) {
        return new AttentionQueryGradient(others, other, stored);
    }
}
