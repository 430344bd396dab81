package heddle.compiler.op.attention;

import heddle.compiler.ir.NdArray;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * The gradients of attention that are summed along keys: by its queries, and by captured tensors that say something of each query or
 * of each pair.
 *
 * @param operands the type of each operand
 * @param backward what they are computed from
 * @param results  of the kinds QUERY, SCORE and WEIGHT
 */
public record AttentionQueryGradient(
        List<TensorType> operands, AttentionBackward backward, List<GradientResult> results) implements GradientOp {
    /** The name in the text form. */
    public static final String NAME = "attention_query_gradient";

    public AttentionQueryGradient {
        operands = List.copyOf(operands);
        results = List.copyOf(results);
        GradientOp.check(
                NAME,
                results,
                List.of(GradientResult.Kind.QUERY, GradientResult.Kind.SCORE, GradientResult.Kind.WEIGHT));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public AttentionDefinition forward() {
        return backward.forward();
    }

    @Override
    public Map<String, Object> attributes() {
        return GradientText.of(backward, results);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> arrays, Map<String, Long> lengths) {
        return GradientInterpreter.run(backward, results, arrays, lengths);
    }
}
