package heddle.compiler.tile.family;

import heddle.compiler.op.attention.AttentionBackward;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.GradientResult;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.TileProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * FlashAttention backward (Dao et al. 2022, arXiv:2205.14135, Algorithm 4), as two kernels: one sums along queries, the other along
 * keys. Both compute the probabilities again, so none waits for the other and nothing is added to by two.
 *
 * @param backward what the gradients are computed from, its programs reading buffers
 * @param side     whose blocks are independent
 * @param stores   what is stored
 */
public record AttentionGradients(AttentionBackward backward, Side side, List<Store> stores) implements Family {
    /** Whose blocks are independent. */
    public enum Side {
        /** Sums along queries: the gradients by keys and values. */
        KEYS,
        /** Sums along keys: the gradients by queries. */
        QUERIES
    }

    /**
     * Where a result is stored.
     *
     * @param result  which result, its factor reading buffers
     * @param buffer  to store to
     * @param address of an element, over the axes of the attention
     */
    public record Store(GradientResult result, Buffer buffer, ScalarExpr address) {}

    public AttentionGradients {
        stores = List.copyOf(stores);
    }

    /** The attention. */
    public AttentionDefinition forward() {
        return backward.forward();
    }

    /** The axis whose blocks are independent. */
    public Axis outer() {
        return side == Side.KEYS ? forward().j() : forward().i();
    }

    /** The axis that is summed over. */
    public Axis inner() {
        return side == Side.KEYS ? forward().i() : forward().j();
    }

    /** Every program and address. */
    public List<ScalarExpr> programs() {
        List<ScalarExpr> programs = new ArrayList<>(forward().programs());
        programs.addAll(List.of(
                backward.slope(), backward.cotangent(), backward.rowMax(), backward.rowSum(), backward.delta()));
        for (Store s : stores) {
            programs.add(s.result.factor());
            programs.add(s.address);
        }
        return programs;
    }

    @Override
    public AttentionGradients map(UnaryOperator<ScalarExpr> change) {
        return new AttentionGradients(
                backward.map(change),
                side,
                stores.stream()
                        .map(s -> new Store(s.result.map(change), s.buffer, s.address))
                        .toList());
    }

    @Override
    public TileProgram program(String name, List<String> comments) {
        return new GradientProgram(this).program(name, comments);
    }
}
