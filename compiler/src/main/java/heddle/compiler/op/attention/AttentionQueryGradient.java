package heddle.compiler.op.attention;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

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
    public List<ScalarExpr> programs() {
        return backward.programs(results);
    }

    @Override
    public AttentionQueryGradient with(
            List<TensorType> others, List<GradientResult> stored, UnaryOperator<ScalarExpr> change) {
        return new AttentionQueryGradient(
                others,
                backward.map(change),
                stored.stream().map(r -> r.map(change)).toList());
    }

    /** The same from another definition. */
    public AttentionQueryGradient of(AttentionBackward other, List<GradientResult> stored) {
        return new AttentionQueryGradient(operands, other, stored);
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
