package heddle.compiler.tile.family;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * FlashAttention forward (Dao et al. 2022, arXiv:2205.14135, Algorithm 1; the running softmax of Milakov and
 * Gimelshein 2018, arXiv:1805.02867).
 *
 * <pre>
 * s = score(sum over d of q · k);  s = -inf where not mask
 * o = sum over j of exp(s - logSumExp) · weight · v
 * logSumExp = log (exp(sink) + sum over j of exp(s))
 * </pre>
 *
 * A row with no finite score gives zeros; without a sink its log-sum-exp is minus infinity. Grouped heads, transposes and head
 * splits are in the addresses.
 *
 * @param batch    axes of which a block has one index: batch and head
 * @param i        queries
 * @param j        keys
 * @param d        the features, summed over in the scores
 * @param e        the columns of v
 * @param q        over batch, i, d
 * @param k        over batch, j, d
 * @param v        over batch, j, e
 * @param zeros    whose zeros add nothing to a score, queries being the left factor: those of probabilities
 * @param raw      the variable the score program reads the product as
 * @param score    over batch, i, j
 * @param mask     a bool over batch, i, j; absent when nothing is masked
 * @param weight   a factor on each probability after the softmax, over batch, i, j; absent when it is one
 * @param sink     a score without a value, over batch, i: the probabilities of a row
 *                 sum to less than one; absent when there is none (Xiao et al. 2023, arXiv:2309.17453)
 * @param acc      the variable the epilogue reads the normalised result as
 * @param epilogue over batch, i, e; it may read the {@link #rowSum} too
 * @param logSumExp where the log-sum-exp goes, when something reads it; its address is over batch, i
 */
public record Attention(
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
        ScalarExpr.Variable acc,
        ScalarExpr epilogue,
        Buffer output,
        ScalarExpr address,
        Optional<LogSumExp> logSumExp)
        implements Family {
    /** Where the log-sum-exp is stored. */
    public record LogSumExp(Buffer output, ScalarExpr address) {}

    public Attention {
        batch = List.copyOf(batch);
    }

    /** Attention whose scores are a product in IEEE arithmetic. */
    public Attention(
            List<Axis> batch,
            Axis i,
            Axis j,
            Axis d,
            Axis e,
            ScalarExpr q,
            ScalarExpr k,
            ScalarExpr v,
            ScalarExpr.Variable raw,
            ScalarExpr score,
            Optional<ScalarExpr> mask,
            Optional<ScalarExpr> weight,
            Optional<ScalarExpr> sink,
            ScalarExpr.Variable acc,
            ScalarExpr epilogue,
            Buffer output,
            ScalarExpr address,
            Optional<LogSumExp> logSumExp) {
        this(
                batch,
                i,
                j,
                d,
                e,
                q,
                k,
                v,
                Annihilating.NEITHER,
                raw,
                score,
                mask,
                weight,
                sink,
                acc,
                epilogue,
                output,
                address,
                logSumExp);
    }

    /**
     * The variable that an epilogue reads the sum of a row's shifted exponentials as: NaN where a score of the row is, and
     * then so is the result.
     */
    public ScalarExpr.Variable rowSum() {
        return rowSum(raw.type());
    }

    /** The {@link #rowSum} of an attention that is computed in {@code type}. */
    public static ScalarExpr.Variable rowSum(DType type) {
        return new ScalarExpr.Variable("rowSum", type);
    }

    /** The same attention, its log-sum-exp stored where {@code to} says. */
    public Attention withLogSumExp(LogSumExp to) {
        return new Attention(
                batch,
                i,
                j,
                d,
                e,
                q,
                k,
                v,
                zeros,
                raw,
                score,
                mask,
                weight,
                sink,
                acc,
                epilogue,
                output,
                address,
                Optional.of(to));
    }

    @Override
    public Attention map(UnaryOperator<ScalarExpr> change) {
        return new Attention(
                batch,
                i,
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
                acc,
                change.apply(epilogue),
                output,
                address,
                logSumExp);
    }

    /**
     * One pass over the keys for each block of queries. The maximum starts at minus infinity; a row that has seen
     * nothing but minus infinity is shifted by zero instead, so that no difference of infinities arises.
     */
    @Override
    public TileProgram program(String name, List<String> comments) {
        return new AttentionProgram(this).program(name, comments);
    }
}
