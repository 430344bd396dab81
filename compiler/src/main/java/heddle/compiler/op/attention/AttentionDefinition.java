package heddle.compiler.op.attention;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What an attention computes: programs over axes, one definition for all that computes or explains it.
 *
 * <pre>
 * s = score(sum over d of q · k);  s = -inf where not mask
 * p = exp(s) / (exp(sink) + sum over j of exp(s))
 * o = sum over j of p · weight · v
 * </pre>
 *
 * A row with no finite score gives zeros; without a sink its log-sum-exp is minus infinity. Grouped heads, transposes and
 * head splits are in the indexes. An operation reads its operands ({@link ScalarExpr.Read}), a kernel its buffers ({@link
 * ScalarExpr.Element}).
 *
 * @param batch   axes of independent attentions, outermost first: batch and head
 * @param i       queries
 * @param j       keys
 * @param d       the features, summed over in the scores
 * @param e       the columns of v
 * @param q       over batch, i, d
 * @param k       over batch, j, d
 * @param v       over batch, j, e
 * @param zeros   whose zeros add nothing to a score, queries being the left factor: those of probabilities
 * @param raw     the variable the score program reads the product as; its type is that in which all is computed
 * @param score   over batch, i, j
 * @param mask    a bool over batch, i, j; absent when nothing is masked
 * @param weight  a factor on each probability after the softmax, over batch, i, j; absent when it is one
 * @param sink    a score without a value, over batch, i: the probabilities of a row sum to less than one; absent when there
 *                is none (Xiao et al. 2023, arXiv:2309.17453)
 * @param term    a number beside the sum of a row's exponentials, which are shifted by the row's maximum
 * @param guarded whether a row that has a NaN gives zeros
 */
public record AttentionDefinition(
        List<Axis> batch,
        Axis i,
        Axis j,
        Axis d,
        Axis e,
        ScalarExpr q,
        ScalarExpr k,
        ScalarExpr v,
        Annihilating zeros,
        ScalarExpr.Variable raw,
        ScalarExpr score,
        Optional<ScalarExpr> mask,
        Optional<ScalarExpr> weight,
        Optional<ScalarExpr> sink,
        double term,
        boolean guarded) {
    public AttentionDefinition {
        batch = List.copyOf(batch);
    }

    /** The type in which it is computed. */
    public DType compute() {
        return raw.type();
    }

    /** The axes along which there is one softmax at each index: batch and queries. */
    public List<Axis> rows() {
        List<Axis> rows = new ArrayList<>(batch);
        rows.add(i);
        return rows;
    }

    /** All axes, batch first. */
    public List<Axis> axes() {
        List<Axis> axes = rows();
        axes.addAll(List.of(j, d, e));
        return axes;
    }

    /** The programs that read captured tensors as they come: score, mask, weight and sink. */
    public List<ScalarExpr> captures() {
        List<ScalarExpr> programs = new ArrayList<>(List.of(score));
        mask.ifPresent(programs::add);
        weight.ifPresent(programs::add);
        sink.ifPresent(programs::add);
        return programs;
    }

    /** Every program, those of the products first. */
    public List<ScalarExpr> programs() {
        List<ScalarExpr> programs = new ArrayList<>(List.of(q, k, v));
        programs.addAll(captures());
        return programs;
    }

    /** The same attention with other programs of keys and values. */
    public AttentionDefinition reading(ScalarExpr keys, ScalarExpr values) {
        return new AttentionDefinition(
                batch, i, j, d, e, q, keys, values, zeros, raw, score, mask, weight, sink, term, guarded);
    }

    /** The same attention with another score program. */
    public AttentionDefinition scoring(ScalarExpr other) {
        return new AttentionDefinition(
                batch, i, j, d, e, q, k, v, zeros, raw, other, mask, weight, sink, term, guarded);
    }

    /** The same attention with {@code change} made to each program. */
    public AttentionDefinition map(UnaryOperator<ScalarExpr> change) {
        return over(batch, i, change);
    }

    /**
     * The same attention over other rows.
     *
     * @param change writes a program over the new axes
     */
    public AttentionDefinition over(List<Axis> newBatch, Axis newQueries, UnaryOperator<ScalarExpr> change) {
        return new AttentionDefinition(
                newBatch,
                newQueries,
                j,
                d,
                e,
                change.apply(q),
                change.apply(k),
                change.apply(v),
                zeros,
                raw,
                change.apply(score),
                mask.map(change),
                weight.map(change),
                sink.map(change),
                term,
                guarded);
    }
}
