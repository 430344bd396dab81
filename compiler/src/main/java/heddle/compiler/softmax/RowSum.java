package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.Optional;

/**
 * A sum of exponentials along one axis, at the place where a quotient reads it.
 *
 * <pre>
 * sum(exp(y))                              and views of it
 * t + sum(exp(y))                          with a term t added
 * where(s == 0, c, s), where(s > 0, s, c)  where s is such a sum: a guard against rows of nothing
 * max(s, c)                                the same, when the sum is no less than c
 * </pre>
 *
 * @param sum       the reduction
 * @param exponents its y
 * @param term      its t
 * @param least     a lower bound that the model puts on the sum; zero when there is none
 */
record RowSum(ElementReference sum, Value exponents, Optional<ElementReference> term, double least) {
    static Optional<RowSum> of(Graph graph, ElementReference read) {
        ElementReference place = read.behindViews(graph);
        if (place.is(ScalarFn.ADD)) {
            ElementReference first = place.operand(graph, 0);
            ElementReference last = place.operand(graph, 1);
            return alone(graph, first)
                    .map(s -> s.with(last))
                    .or(() -> alone(graph, last).map(s -> s.with(first)));
        }
        return alone(graph, place);
    }

    /** A sum without a term. */
    private static Optional<RowSum> alone(Graph graph, ElementReference read) {
        ElementReference place = read.behindViews(graph);
        if (place.node().op() instanceof Reduce r
                && r.kind() == Reduction.SUM
                && r.axes().size() == 1) {
            Value exp = graph.operand(place.node(), 0);
            return ElementReference.is(exp.node(), ScalarFn.EXP)
                    ? Optional.of(new RowSum(place, graph.operand(exp.node(), 0), Optional.empty(), 0))
                    : Optional.empty();
        }
        if (place.is(ScalarFn.SELECT)) {
            return place.guarded(graph, 0).flatMap(guard -> alone(graph, guard.kept()));
        }
        return place.is(ScalarFn.MAX) ? raised(graph, place, 0).or(() -> raised(graph, place, 1)) : Optional.empty();
    }

    private static Optional<RowSum> raised(Graph graph, ElementReference max, int slot) {
        return max.operand(graph, 1 - slot)
                .behindViews(graph)
                .number()
                .filter(c -> c > 0)
                .flatMap(c -> alone(graph, max.operand(graph, slot))
                        .filter(s -> s.least == 0)
                        .map(s -> new RowSum(s.sum, s.exponents, s.term, c)));
    }

    /** This sum with another term instead of its own. */
    RowSum with(ElementReference other) {
        return new RowSum(sum, exponents, Optional.of(other), least);
    }

    private Reduce reduce() {
        return (Reduce) sum.node().op();
    }

    int axis() {
        return reduce().axes().getFirst();
    }

    /** Whether it is the sum of the row that {@code y} is in, of the same exponents. */
    boolean isOver(Graph graph, ElementReference y) {
        return exponents.type().equals(y.value().type())
                && sum.index().equals(y.row(axis(), reduce().keepDims()))
                && (exponents.equals(y.value())
                        || Exponents.of(graph, new ElementReference(exponents, y.index()))
                                .equals(Exponents.of(graph, y)));
    }
}
