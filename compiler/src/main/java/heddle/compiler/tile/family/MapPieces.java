package heddle.compiler.tile.family;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Cuts a map where a condition on its last index changes. A vector runs along that index, and would compute both sides of the condition.
 * So what is joined along the last axis is computed where it lies in the result:
 *
 * <pre>
 * y[n, d] = where(d < 32, f(n, d), g(n, d - 32))  →  y[n, d] = f(n, d);  y[n, d + 32] = g(n, d)
 * </pre>
 */
public final class MapPieces {
    /** The most pieces of a map: each is a kernel. */
    public static final int MOST = 8;

    private MapPieces() {}

    /** The pieces in order, or the map alone. Together they store what the map does. */
    public static List<MapFamily> of(MapFamily map) {
        if (map.axes().isEmpty() || !map.axes().getLast().extent().isKnown()) {
            return List.of(map);
        }
        Axis last = map.axes().getLast();
        SortedSet<Long> ends = ends(map.body(), last);
        if (ends.size() > MOST) {
            return List.of(map);
        }
        List<MapFamily> pieces = new ArrayList<>();
        long from = 0;
        for (long end : ends) {
            pieces.add(ends.size() == 1 ? map : piece(map, last, from, end));
            from = end;
        }
        return pieces;
    }

    /** Where pieces end, the end of the axis included. */
    private static SortedSet<Long> ends(ScalarExpr body, Axis last) {
        long length = last.extent().value();
        SortedSet<Long> ends = new TreeSet<>(List.of(length));
        ScalarExprs.visit(body, e -> {
            if (e instanceof Apply a && isComparison(a)) {
                long change = change(a, last);
                if (change > 0 && change < length) {
                    ends.add(change);
                }
            }
        });
        return ends;
    }

    private static boolean isComparison(Apply a) {
        return switch (a.fn()) {
            case LT, LE, GT, GE -> a.args().getFirst().type() == DType.I64;
            default -> false;
        };
    }

    /** The first index at which a comparison is not what it is before, or zero where that is not one number. */
    private static long change(Apply comparison, Axis last) {
        ScalarExpr difference = ScalarExpr.apply(
                ScalarFn.SUB, comparison.args().getFirst(), comparison.args().getLast());
        Stride stride = Stride.of(difference, last).orElse(null);
        if (stride == null
                || !stride.step().is(1)
                || !(IndexSimplifier.simplify(stride.start()) instanceof ScalarExpr.IntLiteral start)) {
            return 0;
        }
        boolean isAtZero = comparison.fn() == ScalarFn.LT || comparison.fn() == ScalarFn.GE;
        return -start.value() + (isAtZero ? 0 : 1);
    }

    private static MapFamily piece(MapFamily map, Axis last, long from, long end) {
        Axis part = new Axis(last.name(), Dim.of(end - from));
        List<Axis> axes = new ArrayList<>(map.axes().subList(0, map.axes().size() - 1));
        ScalarExpr index = ScalarExpr.of(from);
        if (!part.extent().is(1)) {
            axes.add(part);
            index = ScalarExpr.apply(ScalarFn.ADD, ScalarExpr.of(part), index);
        }
        Map<Axis, ScalarExpr> moved = Map.of(last, index);
        return new MapFamily(
                axes,
                map.output(),
                IndexSimplifier.simplify(ScalarExprs.substitute(map.address(), moved)),
                IndexSimplifier.simplify(ScalarExprs.substitute(map.body(), moved)));
    }
}
