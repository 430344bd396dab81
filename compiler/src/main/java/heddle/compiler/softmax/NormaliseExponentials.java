package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.SourceExcerpt;

/**
 * Exponentials divided by their sum are a softmax.
 *
 * <pre>
 * exp(y) / sum(exp(y))                              → softmax(y)
 * exp(y) / where(s == 0, c, s), s = sum(exp(y))     → softmax(y)
 * exp(y) / max(sum(exp(y)), c)                      → softmax(y)      where y is x - max(x) and c at most one
 * </pre>
 *
 * Sums may reach the quotient through any views. Where exponentials overflow, or a whole row is minus infinity, softmax gives
 * the value that was meant.
 */
public record NormaliseExponentials() implements Rule {
    @Override
    public String name() {
        return "normalise-exponentials";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        return ExponentialQuotient.at(graph, node)
                .<Outcome>map(q -> switch (q.kind(graph)) {
                    case PLAIN ->
                        Outcome.Replaced.by(
                                node,
                                context.out()
                                        .value(new Softmax(q.sum().axis()), node.origin(), context.get(q.y().value())));
                    case RAISED ->
                        new Outcome.Declined(
                                node,
                                SourceExcerpt.of(node)
                                        + " divides by a bound that the sum of exponentials may be less than",
                                "subtract the maximum of the same scores first, and let the bound be one at most");
                    default -> NO_MATCH;
                })
                .orElse(NO_MATCH);
    }
}
