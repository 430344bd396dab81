package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Elementwise;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.ScalarFn;
import java.util.Optional;

/**
 * An exponential of a difference with the logarithm of a sum of exponentials is a quotient.
 *
 * <pre>
 * exp(y - log(t))         → exp(y) / t      where t is a sum of the exponentials of y
 * exp(x - (m + log(t)))   → exp(x - m) / t  where t is a sum of the exponentials of x - m
 * </pre>
 */
public record SubtractLogarithm() implements Rule {
    /**
     * The logarithm of a sum of exponentials, subtracted from their exponents.
     *
     * @param quotient the exponentials that are summed, and their sum
     * @param read     the logarithm of the denominator, as it is read
     * @param outer    the views through which a sum with the logarithm is read, when there is such a sum
     */
    private record Difference(ExponentialQuotient quotient, ViewPath read, Optional<ViewPath> outer) {
        Value numerator(Graph graph) {
            return graph.operand(quotient.sum().sum().node(), 0);
        }
    }

    @Override
    public String name() {
        return "subtract-logarithm";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        return ElementReference.is(node, ScalarFn.EXP)
                ? difference(graph, ElementReference.in(graph.operand(node, 0)))
                        .map(d -> d.quotient
                                .declined(graph, node)
                                .orElseGet(() -> Outcome.Replaced.by(node, quotient(node, context, d))))
                        .orElse(NO_MATCH)
                : NO_MATCH;
    }

    private static Value quotient(Node node, RuleContext context, Difference difference) {
        Value sum = context.get(context.graph().operand(difference.read.end().node(), 0));
        Value inner = difference.read.over(context, node.origin(), sum);
        Value divisor = difference
                .outer
                .map(views -> views.over(context, node.origin(), inner))
                .orElse(inner);
        Elementwise quotient = new Elementwise(ScalarFn.DIV);
        return context.out()
                .value(quotient, node.origin(), context.get(difference.numerator(context.graph())), divisor);
    }

    private static Optional<Difference> difference(Graph graph, ElementReference exponents) {
        if (!exponents.is(ScalarFn.SUB)
                || !graph.operand(exponents.node(), 0)
                        .type()
                        .equals(exponents.value().type())) {
            return Optional.empty();
        }
        ElementReference x = exponents.operand(graph, 0);
        ViewPath path = ViewPath.of(graph, exponents.operand(graph, 1));
        if (path.end().is(ScalarFn.LOG)) {
            return RowSum.of(graph, path.end().operand(graph, 0))
                    .filter(sum -> sum.isOver(graph, x))
                    .map(sum -> new Difference(new ExponentialQuotient(x, sum), path, Optional.empty()));
        }
        return path.end().is(ScalarFn.ADD)
                ? shifted(graph, x, path, 0).or(() -> shifted(graph, x, path, 1))
                : Optional.empty();
    }

    private static Optional<Difference> shifted(Graph graph, ElementReference x, ViewPath outer, int slot) {
        ElementReference shift = outer.end().operand(graph, slot).behindViews(graph);
        ViewPath path = ViewPath.of(graph, outer.end().operand(graph, 1 - slot));
        if (!path.end().is(ScalarFn.LOG)) {
            return Optional.empty();
        }
        return RowSum.of(graph, path.end().operand(graph, 0))
                .filter(sum -> isShifted(graph, sum, x, shift))
                .map(sum -> new Difference(new ExponentialQuotient(exponents(sum, x), sum), path, Optional.of(outer)));
    }

    private static boolean isShifted(Graph graph, RowSum sum, ElementReference x, ElementReference shift) {
        ElementReference y = exponents(sum, x);
        return sum.isOver(graph, y)
                && y.is(ScalarFn.SUB)
                && y.operand(graph, 0).equals(x)
                && y.operand(graph, 1).behindViews(graph).equals(shift);
    }

    /** What is summed, at the element of {@code x}. */
    private static ElementReference exponents(RowSum sum, ElementReference x) {
        return new ElementReference(sum.exponents(), x.index());
    }
}
