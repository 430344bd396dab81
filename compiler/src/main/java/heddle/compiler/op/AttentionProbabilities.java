package heddle.compiler.op;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.FamilyInterpreter;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
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
        if (attention.body().logSumExp().isEmpty()) {
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

    private Buffer logSumExp() {
        TensorType type = attention.body().logSumExp().orElseThrow().output().type();
        return FusedAttention.operand(attention.operands().size(), type);
    }

    private Buffer result() {
        Attention body = attention.body();
        List<Dim> dims = new ArrayList<>(body.batch().stream().map(Axis::extent).toList());
        dims.addAll(List.of(body.i().extent(), body.j().extent()));
        return FusedAttention.result(new TensorType(body.raw().type(), new Shape(dims)));
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
        return List.of(result().type());
    }

    /** The computation, in which operands and result are the buffers that {@link FusedAttention} names. */
    public Contraction body() {
        Attention a = attention.body();
        ScalarExpr lse =
                new ScalarExpr.Element(logSumExp(), a.logSumExp().orElseThrow().address());
        ScalarExpr zero = new ScalarExpr.Literal(lse.type(), 0);
        ScalarExpr nothing = new ScalarExpr.Literal(lse.type(), Double.NEGATIVE_INFINITY);
        ScalarExpr p = ScalarExpr.apply(ScalarFn.EXP, ScalarExpr.apply(ScalarFn.SUB, a.score(), lse));
        // A row with no finite score has nothing to look at.
        ScalarExpr guarded = ScalarExpr.apply(ScalarFn.SELECT, ScalarExpr.apply(ScalarFn.EQ, lse, nothing), zero, p);
        ScalarExpr masked = a.mask()
                .map(m -> ScalarExpr.apply(ScalarFn.SELECT, m, guarded, zero))
                .orElse(guarded);
        List<ScalarExpr> index =
                new ArrayList<>(a.batch().stream().map(ScalarExpr::of).toList());
        index.addAll(List.of(ScalarExpr.of(a.i()), ScalarExpr.of(a.j())));
        ScalarExpr address = IndexSimplifier.address(result().type().shape(), index);
        return new Contraction(
                a.batch(), a.i(), a.j(), a.d(), a.q(), a.k(), Annihilating.NEITHER, a.raw(), masked, result(), address);
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> arrays, Map<String, Long> lengths) {
        Map<Buffer, double[]> memory = new HashMap<>();
        for (int slot = 0; slot < attention.operands().size(); slot++) {
            memory.put(
                    FusedAttention.operand(slot, attention.operands().get(slot)),
                    arrays.get(slot).data());
        }
        memory.put(logSumExp(), arrays.getLast().data());
        TensorType type = result().type();
        NdArray p = NdArray.zeros(type.dtype(), type.shape().evaluate(lengths));
        memory.put(result(), p.data());
        new FamilyInterpreter(memory, lengths).run(body());
        return List.of(p);
    }
}
