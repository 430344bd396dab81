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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Cuts a map where another part of a joined tensor begins, and along its last index where a condition changes that chooses between what is
 * read here and there. Otherwise both sides would be computed, or at least asked for. So parts are computed where they lie in the result:
 *
 * <pre>
 * y[n, d] = where(d < 32, f(n, d), g(n, d - 32))  →  y[n, d] = f(n, d);  y[n, d + 32] = g(n, d)
 * </pre>
 */
public final class MapPieces {
    /**
     * Where parts of a joined tensor lie.
     *
     * @param axis    of the map that goes over all of them
     * @param lengths of the parts, in order
     */
    public record Joined(Axis axis, List<Dim> lengths) {}

    /** The most pieces of a map: each is a kernel. */
    public static final int MOST = 8;

    /** Conditions cut no pieces that are shorter: a vector of 16 floats. */
    private static final int LEAST = 16;

    private MapPieces() {}

    /** The pieces in order, or the map alone. Together they store what the map does. */
    public static List<MapFamily> of(MapFamily map, Optional<Joined> joined) {
        List<MapFamily> parts = joined.filter(j -> map.axes().contains(j.axis))
                .map(j -> parts(map, j))
                .filter(found -> !found.isEmpty())
                .orElse(List.of(map));
        List<MapFamily> pieces =
                parts.stream().flatMap(part -> byConditions(part).stream()).toList();
        return pieces.size() <= MOST ? pieces : parts;
    }

    private static List<MapFamily> parts(MapFamily map, Joined joined) {
        List<MapFamily> parts = new ArrayList<>();
        Dim from = Dim.ZERO;
        for (Dim length : joined.lengths) {
            if (!length.isZero()) {
                parts.add(piece(map, joined.axis, from, length));
            }
            from = from.plus(length);
        }
        return parts;
    }

    private static List<MapFamily> byConditions(MapFamily map) {
        if (map.axes().isEmpty() || !map.axes().getLast().extent().isKnown()) {
            return List.of(map);
        }
        Axis last = map.axes().getLast();
        SortedSet<Long> ends = changes(map.body(), last);
        ends.removeIf(end -> end <= 0 || end >= last.extent().value());
        ends.add(last.extent().value());
        List<MapFamily> pieces = new ArrayList<>();
        long from = 0;
        for (long end : ends) {
            if (ends.size() == 1 || end - from < LEAST) {
                return List.of(map);
            }
            pieces.add(piece(map, last, Dim.of(from), Dim.of(end - from)));
            from = end;
        }
        return pieces;
    }

    /** Where conditions change that choose between elements. */
    private static SortedSet<Long> changes(ScalarExpr body, Axis last) {
        SortedSet<Long> changes = new TreeSet<>();
        ScalarExprs.visit(body, e -> {
            if (e instanceof Apply a
                    && a.fn() == ScalarFn.SELECT
                    && readApart(a.args().get(1), a.args().get(2))) {
                ScalarExprs.visit(a.args().getFirst(), c -> {
                    if (c instanceof Apply comparison && isOfIndexes(comparison)) {
                        changes.add(change(comparison, last));
                    }
                });
            }
        });
        return changes;
    }

    /** Whether each of two values reads an element that the other one does not. */
    private static boolean readApart(ScalarExpr a, ScalarExpr b) {
        Set<ScalarExpr> first = elements(a);
        Set<ScalarExpr> second = elements(b);
        return !first.containsAll(second) && !second.containsAll(first);
    }

    private static Set<ScalarExpr> elements(ScalarExpr e) {
        Set<ScalarExpr> elements = new HashSet<>();
        ScalarExprs.visit(e, x -> {
            if (x instanceof ScalarExpr.Element) {
                elements.add(x);
            }
        });
        return elements;
    }

    private static boolean isOfIndexes(Apply a) {
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
        if (stride == null || !(IndexSimplifier.simplify(stride.start()) instanceof ScalarExpr.IntLiteral start)) {
            return 0;
        }
        boolean isStrict = comparison.fn() == ScalarFn.LT || comparison.fn() == ScalarFn.GE;
        if (stride.step().is(1)) {
            return -start.value() + (isStrict ? 0 : 1);
        }
        return stride.step().is(-1) ? start.value() + (isStrict ? 1 : 0) : 0;
    }

    private static MapFamily piece(MapFamily map, Axis axis, Dim from, Dim length) {
        Axis part = new Axis(axis.name(), length);
        List<Axis> axes = new ArrayList<>(map.axes());
        int at = axes.indexOf(axis);
        ScalarExpr index = ScalarExpr.of(from);
        if (length.is(1)) {
            axes.remove(at);
        } else {
            axes.set(at, part);
            index = ScalarExpr.apply(ScalarFn.ADD, ScalarExpr.of(part), index);
        }
        Map<Axis, ScalarExpr> moved = Map.of(axis, index);
        return new MapFamily(
                axes,
                map.output(),
                IndexSimplifier.simplify(ScalarExprs.substitute(map.address(), moved)),
                IndexSimplifier.simplify(ScalarExprs.substitute(map.body(), moved)));
    }
}
