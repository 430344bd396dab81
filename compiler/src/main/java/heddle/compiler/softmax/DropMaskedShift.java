package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.ScalarFn;

/**
 * A mask that is made again after the shift by the maximum goes with the shift.
 *
 * <pre>
 * softmax(where(m, where(m, x, -inf) - max(x), -inf))  → softmax(where(m, x, -inf))
 * </pre>
 *
 * A row that is masked throughout gives zeros in both. They differ where the maximum is not finite because of scores that the mask
 * hides: as it is written, these reach the whole row, and the softmax does not look at them.
 */
public record DropMaskedShift() implements Rule {
    @Override
    public String name() {
        return "drop-masked-shift";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        if (!(node.op() instanceof Softmax softmax)
                || !ElementReference.is(graph.operand(node, 0).node(), ScalarFn.SELECT)) {
            return NO_MATCH;
        }
        ElementReference y = Exponents.withoutSecondMask(graph, ElementReference.in(graph.operand(node, 0)));
        return MaximumShift.of(graph, y, softmax.axis())
                .filter(shift -> shift.x().value().type().equals(node.type()))
                .map(shift -> context.out()
                        .value(softmax, node.origin(), context.get(shift.x().value())))
                .<Outcome>map(value -> Outcome.Replaced.by(node, value))
                .orElse(NO_MATCH);
    }
}
