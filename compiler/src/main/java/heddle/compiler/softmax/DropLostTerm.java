package heddle.compiler.softmax;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;

/**
 * A number that is lost beside a sum of at least one does not count.
 *
 * <pre>
 * exp(y) / (c + sum(exp(y)))  → softmax(y)      where y is x - max(x) and c is less than the sum's last digit, or c is zero
 * </pre>
 */
public record DropLostTerm() implements Rule {
    @Override
    public String name() {
        return "drop-lost-term";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        return ExponentialQuotient.at(context.graph(), node, ExponentialQuotient.Kind.LOST)
                .map(q -> context.out().value(new Softmax(q.sum().axis()), node.origin(), context.get(q.y().value())))
                .<Outcome>map(softmax -> Outcome.Replaced.by(node, softmax))
                .orElse(NO_MATCH);
    }
}
