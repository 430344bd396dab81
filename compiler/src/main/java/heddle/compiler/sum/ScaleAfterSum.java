package heddle.compiler.sum;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.Scale;
import heddle.compiler.type.Precision;
import java.util.Optional;

/**
 * Exponentials that are multiplied by a number for their sum alone are multiplied by it afterwards.
 *
 * <pre>
 * sum(exp(y) * c)   → sum(exp(y)) * c
 * sum(exp(y) / c)   → sum(exp(y)) / c
 * </pre>
 */
record ScaleAfterSum() implements Rule {
    @Override
    public String name() {
        return "scale-after-sum";
    }

    /** The products with numbers, and quotients, between a sum and exponentials, views left out. */
    static int scales(Graph graph, Node node) {
        return Reduce.is(node, Reduction.SUM)
                        && !Precision.isNarrow(node.type().dtype())
                        && PlainSums.isOfExponentials(graph, graph.operand(node, 0))
                ? FactorChain.of(graph, graph.operand(node, 0).node(), scale -> isScale(graph, scale))
                        .factors()
                : 0;
    }

    private static boolean isScale(Graph graph, Value value) {
        return number(graph, value).filter(Scale::isModerate).isPresent();
    }

    private static Optional<Double> number(Graph graph, Value value) {
        return ElementReference.in(value).behindViews(graph).number();
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        if (scales(graph, node) == 0) {
            return NO_MATCH;
        }
        Node scaled = graph.operand(node, 0).node();
        if (scaled.op() instanceof View || graph.useCount(scaled) > 1) {
            return NO_MATCH;
        }
        int slot =
                FactorChain.slot(graph, scaled, value -> isScale(graph, value)).orElseThrow();
        double number = number(graph, graph.operand(scaled, 1 - slot)).orElseThrow();
        Value scale = context.out().part(Constant.scalar(node.type().dtype(), number), node.origin());
        Value sum = context.out().part(node.op(), node.origin(), context.get(graph.operand(scaled, slot)));
        Value result = slot == 0
                ? context.out().value(scaled.op(), node.origin(), sum, scale)
                : context.out().value(scaled.op(), node.origin(), scale, sum);
        return Outcome.Replaced.by(node, result);
    }
}
