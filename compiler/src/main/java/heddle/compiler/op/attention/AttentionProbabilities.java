package heddle.compiler.op.attention;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.op.Require;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * The probabilities of a fused attention, computed again from queries, keys and the log-sum-exp:
 *
 * <pre>
 * p = exp(score(sum over d of q · k) - logSumExp), 0 where not mask
 * </pre>
 *
 * It serves only to show probabilities; fused attention does not need it. Its operands are those of the attention,
 * followed by the log-sum-exp. The result is {@code [batch.., queries, keys]}.
 */
public record AttentionProbabilities(FusedAttention attention) implements Op {
    public AttentionProbabilities {
        if (attention.result(AttentionResult.Kind.LOG_SUM_EXP).isEmpty()) {
            throw new IllegalArgumentException("the attention does not store its log-sum-exp");
        }
    }

    @Override
    public String name() {
        return "attention_probabilities";
    }

    @Override
    public Map<String, Object> attributes() {
        return attention.attributes();
    }

    private AttentionResult logSumExp() {
        return attention.result(AttentionResult.Kind.LOG_SUM_EXP).orElseThrow();
    }

    /** The axes of the result. */
    public List<Axis> axes() {
        List<Axis> axes = attention.definition().rows();
        axes.add(attention.definition().j());
        return axes;
    }

    private TensorType type() {
        return new TensorType(
                attention.definition().compute(),
                new Shape(axes().stream().map(Axis::extent).toList()));
    }

    @Override
    public List<TensorType> infer(List<TensorType> given) {
        Require.count(name(), given, attention.operands().size() + 1);
        attention.infer(given.subList(0, attention.operands().size()));
        if (!given.getLast().equals(logSumExp().type())) {
            throw Require.mismatch(
                    "the log-sum-exp is " + given.getLast() + ", not "
                            + logSumExp().type(),
                    "",
                    given.size() - 1);
        }
        return List.of(type());
    }

    /** The probability of a score, over the axes of the result; it reads the log-sum-exp as the last operand. */
    public ScalarExpr probability() {
        AttentionDefinition a = attention.definition();
        AttentionResult lse = logSumExp();
        return new AttentionPieces(a)
                .probability(a.score(), new ScalarExpr.Read(attention.operands().size(), lse.type(), lse.index()));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> arrays, Map<String, Long> lengths) {
        AttentionDefinition a = attention.definition();
        ScalarEvaluator evaluator =
                new ScalarEvaluator(arrays.stream().map(NdArray::data).toList(), lengths);
        Code product = AttentionInterpreter.product(a, evaluator);
        Code probability = evaluator.code(probability());
        int raw = evaluator.slot(a.raw());
        NdArray p = NdArray.zeros(type().dtype(), type().shape().evaluate(lengths));
        int[] next = {0};
        Code all = AttentionInterpreter.over(evaluator, axes(), frame -> {
            frame[raw] = product.run(frame);
            return p.data()[next[0]++] = probability.run(frame);
        });
        all.run(evaluator.frame());
        return List.of(p);
    }
}
