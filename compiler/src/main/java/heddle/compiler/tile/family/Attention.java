package heddle.compiler.tile.family;

import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.TileProgram;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * FlashAttention forward (Dao et al. 2022, arXiv:2205.14135, Algorithm 1; the running softmax of Milakov and
 * Gimelshein 2018, arXiv:1805.02867).
 *
 * @param definition what is computed, its programs reading buffers
 * @param stores     what is stored, the output first
 * @param filled     scores that a fill hides, whose blocks are left out where they count for nothing; empty where all are computed
 */
public record Attention(AttentionDefinition definition, List<Store> stores, Optional<FilledScores> filled)
        implements Family {
    /**
     * Where a result is stored.
     *
     * @param kind    which result
     * @param buffer  to store to
     * @param address of an element: over batch, i, e for the output, over batch, i for others
     */
    public record Store(AttentionResult.Kind kind, Buffer buffer, ScalarExpr address) {}

    public Attention {
        stores = List.copyOf(stores);
    }

    /** All scores are computed. */
    public Attention(AttentionDefinition definition, List<Store> stores) {
        this(definition, stores, Optional.empty());
    }

    /** The same, which leaves blocks of filled scores out where it can. */
    public Attention leavingOutFilled() {
        return new Attention(definition, stores, FilledScores.of(definition));
    }

    /** The same, which computes all blocks if neither tables nor indexes tell of any that it holds nothing but filled scores. */
    public Attention leavingOutWhatIsTold(boolean byTables) {
        boolean isTold =
                byTables || filled.filter(f -> f.isToldByIndexes(i(), j())).isPresent();
        return isTold ? this : new Attention(definition, stores);
    }

    /** Which scores count, so that others need not be computed: the mask, or what is not filled. */
    public Optional<ScalarExpr> kept() {
        return definition.mask().or(() -> filled.map(FilledScores::kept));
    }

    /** The axes of independent attentions. */
    public List<Axis> batch() {
        return definition.batch();
    }

    /** The axis of the queries. */
    public Axis i() {
        return definition.i();
    }

    /** The axis of the keys. */
    public Axis j() {
        return definition.j();
    }

    /** The axis of the columns of the output. */
    public Axis e() {
        return definition.e();
    }

    /** The buffer of the output. */
    public Buffer output() {
        return stores.getFirst().buffer();
    }

    @Override
    public Attention map(UnaryOperator<ScalarExpr> change) {
        return new Attention(definition.map(change), stores, filled.map(f -> f.map(change)));
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
