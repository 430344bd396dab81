package heddle.compiler.schedule;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.Stride;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Attention with few queries, as when a text is continued word by word. Such an attention is bound by reading keys and values, so
 * query heads that share them are stacked as rows of one block, and lanes of vectors run along features and keys.
 */
final class FewQueries {
    /** The most rows. With more, two vectors of 16 lanes hold one row in each lane. */
    private static final int ROWS = 32;

    private FewQueries() {}

    /**
     * Whether an attention is computed row by row: its queries are known to be few, it is computed in f32, its keys and values lie
     * in memory, feature beside feature, and its scores are a product in IEEE arithmetic.
     */
    static boolean are(AttentionDefinition a) {
        return a.i().extent().isKnown()
                && a.i().extent().value() <= ROWS
                && a.d().extent().isKnown()
                && a.e().extent().isKnown()
                && a.zeros() == Annihilating.NEITHER
                && a.compute() == DType.F32
                && liesInMemory(a.k(), a.j(), a.d())
                && liesInMemory(a.v(), a.j(), a.e());
    }

    private static boolean liesInMemory(ScalarExpr program, Axis keys, Axis features) {
        return program instanceof ScalarExpr.Element x
                && x.type() == DType.F32
                && !x.buffer().stored().isPacked()
                && BlockStrides.of(program, Map.of(keys, 2, features, 1)).isPresent()
                && Stride.of(x.address(), keys).isPresent()
                && Stride.of(x.address(), features).filter(Stride::isContiguous).isPresent();
    }

    /** The attention with query heads that share keys and values stacked as rows, when its rows are few enough afterwards. */
    static Attention stacked(Attention attention) {
        AttentionDefinition a = attention.definition();
        if (!are(a)) {
            return attention;
        }
        return a.batch().stream()
                .filter(axis -> isStacked(a, axis))
                .findFirst()
                .map(axis -> stacked(attention, axis))
                .orElse(attention);
    }

    /** Whether keys and values are the same along an axis, and its rows are few. */
    private static boolean isStacked(AttentionDefinition a, Axis axis) {
        return axis.extent().isKnown()
                && axis.extent().value() > 1
                && axis.extent().value() * a.i().extent().value() <= ROWS
                && !ScalarExprs.reads(a.k(), axis)
                && !ScalarExprs.reads(a.v(), axis);
    }

    private static Attention stacked(Attention attention, Axis group) {
        AttentionDefinition a = attention.definition();
        Dim queries = a.i().extent();
        Axis rows = new Axis(a.i().name(), group.extent().times(queries));
        ScalarExpr row = ScalarExpr.of(rows);
        Map<Axis, ScalarExpr> indexes = Map.of(
                group,
                ScalarExpr.apply(ScalarFn.FLOOR_DIV, row, ScalarExpr.of(queries)),
                a.i(),
                ScalarExpr.apply(ScalarFn.MOD, row, ScalarExpr.of(queries)));
        UnaryOperator<ScalarExpr> change = p -> IndexSimplifier.simplify(ScalarExprs.substitute(p, indexes));
        List<Axis> batch =
                a.batch().stream().filter(axis -> !axis.equals(group)).toList();
        List<Attention.Store> stores = attention.stores().stream()
                .map(s -> new Attention.Store(s.kind(), s.buffer(), change.apply(s.address())))
                .toList();
        return new Attention(a.over(batch, rows, change), stores);
    }
}
