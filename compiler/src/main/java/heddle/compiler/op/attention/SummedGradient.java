package heddle.compiler.op.attention;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A gradient that is summed over pairs of queries and keys, whose probabilities are computed again. */
public sealed interface SummedGradient extends GradientOp permits AttentionKeyValueGradient, AttentionQueryGradient {
    /** What the gradients are computed from. */
    AttentionBackward backward();

    /** The same from another definition and other operands. */
    SummedGradient of(List<TensorType> operands, AttentionBackward backward, List<GradientResult> results);

    @Override
    default AttentionDefinition forward() {
        return backward().forward();
    }

    @Override
    default List<ScalarExpr> programs() {
        return backward().programs(results());
    }

    @Override
    default SummedGradient with(
            List<TensorType> others, List<GradientResult> stored, UnaryOperator<ScalarExpr> change) {
        return of(
                others,
                backward().map(change),
                stored.stream().map(r -> r.map(change)).toList());
    }

    @Override
    default Map<String, Object> attributes() {
        return GradientText.of(backward(), results());
    }

    @Override
    default List<NdArray> evaluate(List<NdArray> arrays, Map<String, Long> lengths) {
        return GradientInterpreter.run(backward(), results(), arrays, lengths);
    }
}
