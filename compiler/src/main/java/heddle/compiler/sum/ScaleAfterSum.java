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
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import heddle.compiler.type.Precision;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

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
        int scales = 0;
        if (Reduce.is(node, Reduction.SUM) && PlainSums.isOfExponentials(graph, graph.operand(node, 0))) {
            Node at = graph.operand(node, 0).node();
            OptionalInt slot = slot(graph, at);
            while (slot.isPresent()) {
                scales += at.op() instanceof View ? 0 : 1;
                at = graph.operand(at, slot.getAsInt()).node();
                slot = slot(graph, at);
            }
        }
        return scales;
    }

    /** Which operand a view is of, or is scaled by a number. */
    private static OptionalInt slot(Graph graph, Node node) {
        if (node.op() instanceof View) {
            return OptionalInt.of(0);
        }
        int slots = ElementReference.is(node, ScalarFn.MUL) ? 2 : ElementReference.is(node, ScalarFn.DIV) ? 1 : 0;
        boolean isWide = !Precision.isNarrow(node.type().dtype());
        return IntStream.range(0, isWide ? slots : 0)
                .filter(slot -> graph.operand(node, slot).type().equals(node.type())
                        && number(graph, node, 1 - slot)
                                .filter(Scale::isModerate)
                                .isPresent())
                .findFirst();
    }

    private static Optional<Double> number(Graph graph, Node node, int slot) {
        return ElementReference.in(graph.operand(node, slot)).behindViews(graph).number();
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
        int slot = slot(graph, scaled).orElseThrow();
        double number = number(graph, scaled, 1 - slot).orElseThrow();
        Value scale = context.out().part(Constant.scalar(node.type().dtype(), number), node.origin());
        Value sum = context.out().part(node.op(), node.origin(), context.get(graph.operand(scaled, slot)));
        Value result = slot == 0
                ? context.out().value(scaled.op(), node.origin(), sum, scale)
                : context.out().value(scaled.op(), node.origin(), scale, sum);
        return Outcome.Replaced.by(node, result);
    }
}
