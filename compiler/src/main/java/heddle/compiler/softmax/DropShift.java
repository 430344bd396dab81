package heddle.compiler.softmax;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;

/**
 * A softmax subtracts the maximum of each row itself.
 *
 * <pre>
 * softmax(x - max(x))                  → softmax(x)
 * softmax(where(m, x, c) - max(x))     → softmax(where(m, x, c))
 * softmax(x - where(max(x) == -inf, 0, max(x)))  → softmax(x)
 * </pre>
 *
 * Where a maximum is not finite because of scores that m hides, they do not count any more.
 */
public record DropShift() implements Rule {
    @Override
    public String name() {
        return "drop-shift";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        if (!(node.op() instanceof Softmax softmax)) {
            return NO_MATCH;
        }
        ElementReference y = ElementReference.in(context.graph().operand(node, 0));
        return MaximumShift.of(context.graph(), y, softmax.axis())
                .map(shift -> context.out()
                        .value(softmax, node.origin(), context.get(shift.x().value())))
                .<Outcome>map(value -> Outcome.Replaced.by(node, value))
                .orElse(NO_MATCH);
    }
}
