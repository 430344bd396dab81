package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.ScalarFn;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A product with the reciprocal of a sum of exponentials is a quotient.
 *
 * <pre>
 * a * (1 / t)   → a / t      where t is a sum of exponentials along a row
 * a * t ** -1   → a / t
 * </pre>
 */
public record DivideByReciprocal() implements Rule {
    /**
     * A product with a reciprocal.
     *
     * @param factor      the reciprocal, with the views through which it is read
     * @param denominator which of its operands one is divided by
     */
    private record Product(ElementReference numerator, ViewPath factor, int denominator) {
        Optional<RowSum> sum(Graph graph) {
            return RowSum.of(graph, factor.end().operand(graph, denominator));
        }

        Value quotient(Node node, RuleContext context) {
            Value sum = context.graph().operand(factor.end().node(), denominator);
            Value divisor = factor.over(context, node.origin(), context.get(sum));
            Elementwise quotient = new Elementwise(ScalarFn.DIV);
            return context.out().value(quotient, node.origin(), context.get(numerator.value()), divisor);
        }
    }

    @Override
    public String name() {
        return "divide-by-reciprocal";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        if (!ElementReference.is(node, ScalarFn.MUL)) {
            return NO_MATCH;
        }
        return outcome(node, context, 0).or(() -> outcome(node, context, 1)).orElse(NO_MATCH);
    }

    private static Optional<Outcome> outcome(Node node, RuleContext context, int slot) {
        Graph graph = context.graph();
        return product(graph, node, slot)
                .flatMap(product -> product.sum(graph)
                        .filter(sum -> isOf(graph, sum, product.numerator))
                        .map(sum -> declined(graph, node, sum, product.numerator)
                                .orElseGet(() -> Outcome.Replaced.by(node, product.quotient(node, context)))));
    }

    /** The product that a node is, with the numerator in operand {@code slot}. */
    private static Optional<Product> product(Graph graph, Node node, int slot) {
        Node reciprocal = View.behind(graph, graph.operand(node, 1 - slot)).node();
        boolean mayBe = graph.operand(node, slot).type().equals(node.type())
                && (ElementReference.is(reciprocal, ScalarFn.DIV) || ElementReference.is(reciprocal, ScalarFn.POW));
        if (!mayBe) {
            return Optional.empty();
        }
        ElementReference whole = ElementReference.in(node.value());
        ViewPath factor = ViewPath.of(graph, whole.operand(graph, 1 - slot));
        OptionalInt denominator = denominator(graph, factor.end());
        return denominator.isPresent()
                ? Optional.of(new Product(whole.operand(graph, slot), factor, denominator.getAsInt()))
                : Optional.empty();
    }

    /** Whether a sum is that of a numerator, or a numerator is computed of a matmul with exponentials. */
    private static boolean isOf(Graph graph, RowSum sum, ElementReference numerator) {
        if (numerator.is(ScalarFn.EXP)) {
            return sum.isOver(graph, numerator.operand(graph, 0));
        }
        return ExponentialQuotient.isOfExponentials(graph, numerator.value());
    }

    /** Why exponentials over a sum are no softmax; what is a product of them is a quotient first. */
    private static Optional<Outcome> declined(Graph graph, Node node, RowSum sum, ElementReference numerator) {
        return numerator.is(ScalarFn.EXP)
                ? new ExponentialQuotient(numerator.operand(graph, 0), sum).declined(graph, node)
                : Optional.empty();
    }

    /** The operand of a reciprocal, what one is divided by. */
    private static OptionalInt denominator(Graph graph, ElementReference factor) {
        int slot = -1;
        if (factor.is(ScalarFn.DIV)
                && factor.operand(graph, 0).behindViews(graph).is(1)) {
            slot = 1;
        } else if (factor.is(ScalarFn.POW)
                && factor.operand(graph, 1).behindViews(graph).is(-1)) {
            slot = 0;
        }
        return slot >= 0 ? OptionalInt.of(slot) : OptionalInt.empty();
    }
}
