package heddle.compiler.op.attention;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The gradients of attention that are summed along queries: by its keys and values, and by captured tensors that say something of
 * each key.
 *
 * @param operands the type of each operand
 * @param backward what they are computed from
 * @param results  of the kinds KEY and VALUE, and SCORE and WEIGHT that do not run along queries
 */
public record AttentionKeyValueGradient(
        List<TensorType> operands, AttentionBackward backward, List<GradientResult> results) implements GradientOp {
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
    public AttentionDefinition forward() {
        return backward.forward();
    }

    @Override
    public List<ScalarExpr> programs() {
        return backward.programs(results);
    }

    @Override
    public AttentionKeyValueGradient with(
            List<TensorType> others, List<GradientResult> stored, UnaryOperator<ScalarExpr> change) {
        return new AttentionKeyValueGradient(
                others,
                backward.map(change),
                stored.stream().map(r -> r.map(change)).toList());
    }

    /** The same from another definition. */
    public AttentionKeyValueGradient of(AttentionBackward other, List<GradientResult> stored) {
        return new AttentionKeyValueGradient(operands, other, stored);
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
