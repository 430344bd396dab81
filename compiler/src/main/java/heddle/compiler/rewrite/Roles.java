package heddle.compiler.rewrite;

import heddle.compiler.ir.Node;
import heddle.compiler.tile.Axis;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarExprs;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which axis of the result plays which part.
 *
 * @param batch axes along which whole attentions lie side by side
 * @param i     the queries: q changes along it, k and v do not
 * @param e     the columns of v, along which nothing else changes
 */
record Roles(List<Axis> batch, Axis i, Axis e) {
    private static final Axis NO_QUERIES = new Axis("i", Dim.ONE);
    private static final Axis NO_COLUMNS = new Axis("e", Dim.ONE);

    /** @param rows the index at which the softmax is read: axes in it are no columns */
    static Roles of(
            Node product, List<Axis> axes, Axis j, ScalarExpr q, ScalarExpr k, ScalarExpr v, List<ScalarExpr> rows) {
        if (!ScalarExprs.reads(v, j)) {
            throw new DeclinedException(
                    product, "the values do not run along the softmax axis", "give the values one row for each key");
        }
        List<Axis> left =
                new ArrayList<>(axes.stream().filter(a -> !a.extent().is(1)).toList());
        Axis e = last(left, a -> rows.stream().noneMatch(x -> ScalarExprs.reads(x, a)), NO_COLUMNS);
        left.remove(e);
        Axis i = last(
                left, a -> ScalarExprs.reads(q, a) && !ScalarExprs.reads(k, a) && !ScalarExprs.reads(v, a), NO_QUERIES);
        left.remove(i);
        for (Axis axis : left) {
            if (ScalarExprs.reads(k, axis) != ScalarExprs.reads(v, axis)) {
                throw new DeclinedException(
                        product,
                        "keys and values do not change along the same axes; along one of length " + axis.extent()
                                + " only one of them does",
                        "give keys and values the same heads and batches, and no axis of the queries");
            }
        }
        return new Roles(List.copyOf(left), i, e);
    }

    /** Of the axes that fit the longest, of equal ones the innermost; lengths that are not known count as long. */
    private static Axis last(List<Axis> axes, Predicate<Axis> fits, Axis otherwise) {
        Comparator<Axis> length =
                Comparator.comparing(a -> a.extent().isKnown() ? a.extent().value() : Long.MAX_VALUE);
        return axes.reversed().stream()
                .filter(fits)
                .reduce((a, b) -> length.compare(a, b) >= 0 ? a : b)
                .orElse(otherwise);
    }
}
