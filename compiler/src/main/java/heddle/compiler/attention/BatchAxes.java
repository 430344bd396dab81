package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The batch axes of an attention, named for readers. An axis along which neighbours share keys and values is two: keys and
 * values are read along the first alone.
 *
 * <pre>
 * q[b, h], k[b, h div 4], v[b, h div 4] with h &lt; 32  →  q[b, h * 4 + g], k[b, h], v[b, h] with h &lt; 8, g &lt; 4
 * </pre>
 *
 * @param axes  outermost first
 * @param index along each of the axes before, over the new ones
 */
record BatchAxes(List<Axis> axes, Map<Axis, ScalarExpr> index) {
    private static final List<String> NAMES = List.of("b", "h", "g");

    /**
     * @param batch the axes before
     * @param k     the program of the keys, over them
     * @param v     the program of the values
     */
    static BatchAxes of(List<Axis> batch, ScalarExpr k, ScalarExpr v) {
        List<Axis> axes = new ArrayList<>();
        Map<Axis, ScalarExpr> index = new LinkedHashMap<>();
        for (Axis axis : batch) {
            OptionalLong group = group(axis, k, v);
            long size = group.orElse(1);
            Axis outer = named(
                    axes, group.isEmpty() ? axis.extent() : Dim.of(axis.extent().value() / size));
            axes.add(outer);
            ScalarExpr at = ScalarExpr.of(outer);
            if (group.isPresent()) {
                Axis within = named(axes, Dim.of(size));
                axes.add(within);
                at = joined(at, within, size);
            }
            index.put(axis, at);
        }
        return new BatchAxes(axes, index);
    }

    private static Axis named(List<Axis> before, Dim extent) {
        int n = before.size();
        return new Axis(n < NAMES.size() ? NAMES.get(n) : "g" + n, extent);
    }

    /** How many neighbours along an axis share keys and values, when not all do. */
    private static OptionalLong group(Axis axis, ScalarExpr k, ScalarExpr v) {
        boolean isRead = ScalarExprs.reads(k, axis) || ScalarExprs.reads(v, axis);
        if (!isRead || !axis.extent().isKnown()) {
            return OptionalLong.empty();
        }
        SortedSet<Long> divisors = new TreeSet<>();
        for (ScalarExpr program : List.of(k, v)) {
            ScalarExprs.visit(program, e -> {
                if (e instanceof ScalarExpr.Apply x
                        && x.fn() == ScalarFn.FLOOR_DIV
                        && x.args().getLast() instanceof ScalarExpr.IntLiteral by) {
                    divisors.add(by.value());
                }
            });
        }
        long all = axis.extent().value();
        return divisors.reversed().stream()
                .mapToLong(Long::longValue)
                .filter(n -> n > 1 && n < all && all % n == 0 && areShared(axis, n, k, v))
                .findFirst();
    }

    private static boolean areShared(Axis axis, long group, ScalarExpr k, ScalarExpr v) {
        Axis outer = new Axis("outer", Dim.of(axis.extent().value() / group));
        Axis within = new Axis("within", Dim.of(group));
        Map<Axis, ScalarExpr> index = Map.of(axis, joined(ScalarExpr.of(outer), within, group));
        return List.of(k, v).stream()
                .map(p -> IndexSimplifier.simplify(ScalarExprs.substitute(p, index)))
                .noneMatch(p -> ScalarExprs.reads(p, within));
    }

    /** {@code outer * group + within}. */
    private static ScalarExpr joined(ScalarExpr outer, Axis within, long group) {
        ScalarExpr first = ScalarExpr.apply(ScalarFn.MUL, outer, ScalarExpr.of(group));
        return ScalarExpr.apply(ScalarFn.ADD, first, ScalarExpr.of(within));
    }
}
