package heddle.compiler.tile.family;

import heddle.compiler.op.attention.AttentionBackward;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.GradientResult;
import heddle.compiler.op.attention.GradientResult.Kind;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.TileProgram;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * FlashAttention backward (Dao et al. 2022, arXiv:2205.14135, Algorithm 4), as two kernels: one sums along queries, the other along
 * keys. Both compute the probabilities again, so none waits for the other and nothing is added to by two. Or as one pass, which computes
 * them once: each head is computed by one worker, so here, too, nothing is added to by two.
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
        QUERIES,
        /** Sums along queries, and adds to the gradients by queries, one block of keys after another. */
        BOTH,
        /** Adds to tables, one for each part of the queries. */
        TABLES
    }

    /**
     * Where a result is stored.
     *
     * @param result  which result, its factor reading buffers
     * @param buffer  to store to
     * @param address of an element, over the axes of the attention
     */
    public record Store(GradientResult result, Buffer buffer, ScalarExpr address) {
        /** Whether there are elements of its own for each index of an axis; of a table, where that is one of its indexes as it is. */
        boolean spans(Axis axis) {
            return axis.extent().is(1)
                    || (result.kind().isTable()
                            ? result.index().contains(ScalarExpr.of(axis))
                            : ScalarExprs.reads(address, axis));
        }
    }

    public AttentionGradients {
        stores = List.copyOf(stores);
    }

    /** The attention. */
    public AttentionDefinition forward() {
        return backward.forward();
    }

    /** The axis of the parts of the queries, whose tables are apart. */
    public static Axis part(GradientResult table) {
        return new Axis("part", table.type().dim(0));
    }

    /** The axis whose blocks are independent; of tables the one whose blocks are around the others. */
    public Axis outer() {
        return runsAlongKeys() ? forward().j() : forward().i();
    }

    /** The axis that is summed over. */
    public Axis inner() {
        return runsAlongKeys() ? forward().i() : forward().j();
    }

    private boolean runsAlongKeys() {
        return side == Side.KEYS || side == Side.BOTH;
    }

    /**
     * These gradients by keys and values, and those by queries, in one pass. Empty where one of the three is missing, and where something
     * else is summed along keys, as the gradient of a bias of queries.
     *
     * @param queries of the same attention
     */
    public Optional<AttentionGradients> with(AttentionGradients queries) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        stores.forEach(s -> kinds.add(s.result.kind()));
        boolean fit = side == Side.KEYS
                && kinds.containsAll(List.of(Kind.KEY, Kind.VALUE))
                && queries.side == Side.QUERIES
                && queries.stores.stream().allMatch(s -> s.result.kind() == Kind.QUERY)
                && queries.backward.equals(backward);
        if (!fit) {
            return Optional.empty();
        }
        List<Store> all = new ArrayList<>(stores);
        all.addAll(queries.stores);
        return Optional.of(new AttentionGradients(backward, Side.BOTH, all));
    }

    /** Axes of independent attentions along which every result has elements of its own. */
    public List<Axis> independent() {
        return forward().batch().stream()
                .filter(axis -> stores.stream().allMatch(s -> s.spans(axis)))
                .toList();
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
                        .map(s -> new Store(
                                s.result.map(change),
                                s.buffer,
                                side == Side.TABLES ? change.apply(s.address) : s.address))
                        .toList());
    }

    @Override
    public TileProgram program(String name, List<String> comments) {
        return new GradientProgram(this).program(name, comments);
    }
}
