package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges several loops into one, where every address continues evenly from the inner to the outer loop: {@code b*N*D +
 * n*D} is {@code m*D} with {@code m} up to {@code B*N}.
 *
 * @param outer the axes that do not merge, outermost first
 * @param inner the innermost axes as one
 * @param index what each of the given axes is
 */
record MergedAxes(List<Axis> outer, Axis inner, Map<Axis, ScalarExpr> index) {
    /**
     * Merges as many of the innermost axes as all addresses allow.
     *
     * @param name the merged axis' name
     * @param axes outermost first; axes of length one vanish
     */
    static MergedAxes of(String name, List<Axis> axes, List<LinearForm> addresses) {
        List<Axis> left =
                new ArrayList<>(axes.stream().filter(a -> !a.extent().is(1)).toList());
        List<Axis> merged = new ArrayList<>();
        while (!left.isEmpty() && (merged.isEmpty() || goesOn(left.getLast(), merged.getFirst(), addresses))) {
            merged.addFirst(left.removeLast());
        }
        return of(name, left, merged, axes);
    }

    /** Merges all axes, whatever the addresses become. */
    static MergedAxes all(String name, List<Axis> axes) {
        return of(name, List.of(), axes, axes);
    }

    private static MergedAxes of(String name, List<Axis> outer, List<Axis> merged, List<Axis> all) {
        Axis inner = new Axis(name, merged.stream().map(Axis::extent).reduce(Dim.ONE, Dim::times));
        Map<Axis, ScalarExpr> index = new HashMap<>();
        all.forEach(a -> index.put(a, IndexSimplifier.simplify(ScalarExpr.of(a))));
        Dim step = Dim.ONE;
        for (Axis axis : merged.reversed()) {
            ScalarExpr quotient = ScalarExpr.apply(ScalarFn.FLOOR_DIV, ScalarExpr.of(inner), ScalarExpr.of(step));
            ScalarExpr rest = ScalarExpr.apply(ScalarFn.MOD, quotient, ScalarExpr.of(axis.extent()));
            index.put(axis, IndexSimplifier.simplify(rest));
            step = step.times(axis.extent());
        }
        return new MergedAxes(outer, inner, index);
    }

    private static boolean goesOn(Axis outer, Axis inner, List<LinearForm> addresses) {
        return addresses.stream()
                .allMatch(a -> a.coefficient(outer).equals(a.coefficient(inner).times(inner.extent())));
    }
}
