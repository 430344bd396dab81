package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;

/**
 * A number beside the sum of exponentials of scores less their maximum is a term of the softmax, see {@link Softmax}.
 *
 * <pre>
 * exp(y) / (c + sum(exp(y)))  → softmax(y) with the term c      where y is x - max(x) and c is positive
 * </pre>
 */
public record KeepTerm() implements Rule {
    @Override
    public String name() {
        return "keep-term";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        return ExponentialQuotient.at(graph, node, ExponentialQuotient.Kind.TERM)
                .map(q -> {
                    double term = q.sum()
                            .term()
                            .flatMap(t -> t.behindViews(graph).number())
                            .orElseThrow();
                    Value y = context.get(q.y().value());
                    return context.out().value(new Softmax(q.sum().axis(), term), node.origin(), y);
                })
                .<Outcome>map(softmax -> Outcome.Replaced.by(node, softmax))
                .orElse(NO_MATCH);
    }
}
