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
    @Override
    public String name() {
        return "divide-by-reciprocal";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        for (int slot = 0; ElementReference.is(node, ScalarFn.MUL) && slot < 2; slot++) {
            Value numerator = graph.operand(node, slot);
            Node reciprocal = View.behind(graph, graph.operand(node, 1 - slot)).node();
            if (numerator.type().equals(node.type())
                    && (ElementReference.is(reciprocal, ScalarFn.DIV)
                            || ElementReference.is(reciprocal, ScalarFn.POW))) {
                ElementReference whole = ElementReference.in(node.value());
                ViewPath factor = ViewPath.of(graph, whole.operand(graph, 1 - slot));
                OptionalInt denominator = denominator(graph, factor.end());
                if (denominator.isPresent()
                        && isNormalised(graph, whole.operand(graph, slot), factor, denominator.getAsInt())) {
                    Value sum = graph.operand(factor.end().node(), denominator.getAsInt());
                    Value divisor = factor.over(context, node.origin(), context.get(sum));
                    Elementwise quotient = new Elementwise(ScalarFn.DIV);
                    return Outcome.Replaced.by(
                            node, context.out().value(quotient, node.origin(), context.get(numerator), divisor));
                }
            }
        }
        return NO_MATCH;
    }

    /** Whether exponentials, or a product of exponentials, are divided by a sum of exponentials. */
    private static boolean isNormalised(Graph graph, ElementReference numerator, ViewPath factor, int slot) {
        Optional<RowSum> sum = RowSum.of(graph, factor.end().operand(graph, slot));
        if (numerator.is(ScalarFn.EXP)) {
            ElementReference y = numerator.operand(graph, 0);
            return sum.filter(s -> s.isOver(graph, y) && new ExponentialQuotient(y, s).isSoftmax(graph))
                    .isPresent();
        }
        Node product = View.behind(graph, numerator.value()).node();
        return sum.isPresent() && ExponentialQuotient.isOfExponentials(graph, product);
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
