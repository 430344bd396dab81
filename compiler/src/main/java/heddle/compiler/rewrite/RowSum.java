package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.tile.Reduction;
import heddle.compiler.tile.ScalarFn;
import java.util.Optional;

/**
 * A sum of exponentials along one axis, at the place where a quotient reads it.
 *
 * <pre>
 * sum(exp(y))                              and views of it
 * t + sum(exp(y))                          a term beside it
 * where(s == 0, c, s)                      where s is such a sum: a guard against rows of nothing
 * </pre>
 *
 * @param sum       the reduction
 * @param exponents the y of it
 * @param term      the t of it
 */
record RowSum(Place sum, Value exponents, Optional<Place> term) {
    static Optional<RowSum> of(Graph graph, Place read) {
        Place place = read.behindViews(graph);
        if (place.node().op() instanceof Reduce r
                && r.kind() == Reduction.SUM
                && r.axes().size() == 1) {
            Value exp = graph.operand(place.node(), 0);
            return Place.is(exp.node(), ScalarFn.EXP)
                    ? Optional.of(new RowSum(place, graph.operand(exp.node(), 0), Optional.empty()))
                    : Optional.empty();
        }
        if (place.is(ScalarFn.ADD)) {
            Place first = place.operand(graph, 0);
            Place last = place.operand(graph, 1);
            return of(graph, first)
                    .flatMap(s -> s.with(last))
                    .or(() -> of(graph, last).flatMap(s -> s.with(first)));
        }
        if (place.is(ScalarFn.SELECT)) {
            return guarded(graph, place);
        }
        return Optional.empty();
    }

    private static Optional<RowSum> guarded(Graph graph, Place select) {
        Place condition = select.operand(graph, 0).behindViews(graph);
        Place sum = select.operand(graph, 2).behindViews(graph);
        boolean guards = condition.is(ScalarFn.EQ)
                && condition.operand(graph, 0).behindViews(graph).equals(sum)
                && condition.operand(graph, 1).is(0);
        return guards ? of(graph, sum) : Optional.empty();
    }

    private Optional<RowSum> with(Place other) {
        return term.isPresent() ? Optional.empty() : Optional.of(new RowSum(sum, exponents, Optional.of(other)));
    }

    private Reduce reduce() {
        return (Reduce) sum.node().op();
    }

    int axis() {
        return reduce().axes().getFirst();
    }

    /** Whether it is the sum of the row that {@code y} is in. */
    boolean isOver(Place y) {
        return exponents.equals(y.value()) && sum.index().equals(y.row(axis(), reduce().keepDims()));
    }
}
