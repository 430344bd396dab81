package heddle.compiler.schedule;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.Stride;
import heddle.compiler.op.AttentionDefinition;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
        for (Axis head : a.batch()) {
            OptionalLong group = group(a, head);
            if (group.isPresent() && group.getAsLong() * a.i().extent().value() <= ROWS) {
                return stacked(attention, head, group.getAsLong());
            }
        }
        return attention;
    }

    /** How many heads in a row share keys and values: those that read {@code head div n}, and nothing else of the head. */
    private static OptionalLong group(AttentionDefinition a, Axis head) {
        if (!head.extent().isKnown()) {
            return OptionalLong.empty();
        }
        List<Long> divisors = new ArrayList<>();
        for (ScalarExpr program : List.of(a.k(), a.v())) {
            ScalarExprs.visit(program, e -> {
                if (e instanceof ScalarExpr.Apply x
                        && x.fn() == ScalarFn.FLOOR_DIV
                        && x.args().getLast() instanceof ScalarExpr.IntLiteral by) {
                    divisors.add(by.value());
                }
            });
        }
        long all = head.extent().value();
        divisors.add(all);
        return divisors.stream()
                .mapToLong(Long::longValue)
                .filter(n -> n > 1 && n <= ROWS && all % n == 0 && areShared(a, head, n))
                .max();
    }

    private static boolean areShared(AttentionDefinition a, Axis head, long group) {
        Axis outer = new Axis(head.name(), Dim.of(head.extent().value() / group));
        Axis within = new Axis(head.name() + "'", Dim.of(group));
        ScalarExpr index = joined(outer, ScalarExpr.of(within), group);
        return List.of(a.k(), a.v()).stream()
                .map(p -> IndexSimplifier.simplify(ScalarExprs.substitute(p, Map.of(head, index))))
                .noneMatch(p -> ScalarExprs.reads(p, within));
    }

    /** {@code outer * group + within}. */
    private static ScalarExpr joined(Axis outer, ScalarExpr within, long group) {
        return ScalarExpr.apply(
                ScalarFn.ADD, ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(outer), ScalarExpr.of(group)), within);
    }

    private static Attention stacked(Attention attention, Axis head, long group) {
        AttentionDefinition a = attention.definition();
        long queries = a.i().extent().value();
        Axis outer = new Axis(head.name(), Dim.of(head.extent().value() / group));
        Axis rows = new Axis(a.i().name(), Dim.of(group * queries));
        ScalarExpr row = ScalarExpr.of(rows);
        ScalarExpr within = ScalarExpr.apply(ScalarFn.FLOOR_DIV, row, ScalarExpr.of(queries));
        ScalarExpr query = ScalarExpr.apply(ScalarFn.MOD, row, ScalarExpr.of(queries));
        Map<Axis, ScalarExpr> indexes = Map.of(head, joined(outer, within, group), a.i(), query);
        UnaryOperator<ScalarExpr> change = p -> IndexSimplifier.simplify(ScalarExprs.substitute(p, indexes));
        List<Axis> batch =
                a.batch().stream().map(axis -> axis.equals(head) ? outer : axis).toList();
        List<Attention.Store> stores = attention.stores().stream()
                .map(s -> new Attention.Store(s.kind(), s.buffer(), change.apply(s.address())))
                .toList();
        return new Attention(a.over(batch, rows, change), stores);
    }
}
