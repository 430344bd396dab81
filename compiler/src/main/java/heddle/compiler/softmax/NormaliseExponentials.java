package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import java.util.Optional;

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
        Optional<ExponentialQuotient> quotient = ExponentialQuotient.at(graph, node);
        if (quotient.filter(q -> q.kind(graph) == ExponentialQuotient.Kind.PLAIN)
                .isPresent()) {
            ExponentialQuotient plain = quotient.get();
            Softmax softmax = new Softmax(plain.sum().axis());
            Value y = context.get(plain.y().value());
            return Outcome.Replaced.by(node, context.out().value(softmax, node.origin(), y));
        }
        return quotient.flatMap(q -> q.declined(graph, node)).orElse(NO_MATCH);
    }
}
