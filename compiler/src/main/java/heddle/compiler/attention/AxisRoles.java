package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Node;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The roles of the axes of the result.
 *
 * @param batch   axes of independent attentions; keys or values may be the same along one
 * @param i       the queries: q varies along it, k and v do not
 * @param columns the columns of v; nothing else varies along them
 */
record AxisRoles(List<Axis> batch, Axis i, List<Axis> columns) {
    private static final Axis NO_QUERIES = new Axis("i", Dim.ONE);

    /**
     * Finds the roles of the axes by what varies along them.
     *
     * @param rows  the index at which the softmax is read: axes in it are no columns
     * @param given whether both keys and values are computed from inputs or weights: a table of numbers that is the same for
     *              all heads is no keys or values that they share, but a sum over positions that is written as a product
     */
    record Search(Axis j, ScalarExpr q, ScalarExpr k, ScalarExpr v, List<ScalarExpr> rows, boolean given) {
        /** @throws DeclinedException when keys or values have axes that attention has no part for */
        AxisRoles of(Node product, List<Axis> axes) {
            if (!ScalarExprs.reads(v, j)) {
                throw new DeclinedException(
                        product,
                        "the values do not run along the softmax axis",
                        "give the values one row for each key");
            }
            List<Axis> left =
                    new ArrayList<>(axes.stream().filter(a -> !a.extent().is(1)).toList());
            List<Axis> columns = left.stream().filter(this::isColumn).toList();
            left.removeAll(columns);
            Axis i = last(left, this::isQuery);
            left.remove(i);
            left.stream().filter(a -> !isBatch(a, i, given)).findFirst().ifPresent(axis -> {
                throw isBatch(axis, i, true) ? ofNumbers(product, axis) : ofOne(product, axis);
            });
            return new AxisRoles(List.copyOf(left), i, columns);
        }

        private static DeclinedException ofOne(Node product, Axis axis) {
            return new DeclinedException(
                    product,
                    "keys and values do not change along the same axes; along one of length " + axis.extent()
                            + " only one of them does",
                    "give keys and values the same heads and batches, and no axis of the queries");
        }

        private DeclinedException ofNumbers(Node product, Axis axis) {
            String which = ScalarExprs.reads(k, axis) ? "values" : "keys";
            return new DeclinedException(
                    product,
                    "the " + which + " are numbers that the model states, the same along an axis of length "
                            + axis.extent() + ": that counts as a sum over positions",
                    "repeat the " + which + " along that axis, with expand(" + which + ", shape)");
        }

        private boolean isColumn(Axis axis) {
            return ScalarExprs.reads(v, axis) && rows.stream().noneMatch(x -> ScalarExprs.reads(x, axis));
        }

        private boolean isQuery(Axis axis) {
            return ScalarExprs.reads(q, axis) && !ScalarExprs.reads(k, axis) && !ScalarExprs.reads(v, axis);
        }

        /**
         * Values of their own for each row of scores are a mixture, not attention: queries must share them. Where queries
         * and keys are the same for all, as one head that is repeated, so may be all but the values.
         */
        private boolean isBatch(Axis axis, Axis i, boolean given) {
            boolean ofKeys = ScalarExprs.reads(k, axis);
            boolean shared = i != NO_QUERIES || ofKeys == ScalarExprs.reads(q, axis);
            return ofKeys == ScalarExprs.reads(v, axis) || given && shared;
        }
    }

    /** Of the axes that fit the longest, of equal ones the innermost; lengths that are not known count as long. */
    private static Axis last(List<Axis> axes, Predicate<Axis> fits) {
        Comparator<Axis> length =
                Comparator.comparing(a -> a.extent().isKnown() ? a.extent().value() : Long.MAX_VALUE);
        return axes.reversed().stream()
                .filter(fits)
                .reduce((a, b) -> length.compare(a, b) >= 0 ? a : b)
                .orElse(NO_QUERIES);
    }

    private Shape columnShape() {
        return new Shape(columns.stream().map(Axis::extent).toList());
    }

    /** How many columns there are, those of several axes as those of one. */
    Dim width() {
        return columnShape().size();
    }

    /** The index along each of {@link #columns} that column {@code e} of all has. */
    List<ScalarExpr> column(ScalarExpr e) {
        return IndexSimplifier.index(columnShape(), e);
    }
}
