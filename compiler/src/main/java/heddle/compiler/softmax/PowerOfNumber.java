package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.rule.WeightReaders;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.Optional;

/**
 * A power of a positive number is an exponential, where a softmax is made of it.
 *
 * <pre>
 * c ** y   → exp(y * log(c))      where y is made of scores, and the power is summed or meets values
 * </pre>
 *
 * The logarithm is a number of the type of y. In sixteen bits it would have too few digits, so that such powers stay. Other powers
 * stay, too: those of two are exact.
 */
public record PowerOfNumber() implements Rule {
    @Override
    public String name() {
        return "power-of-number";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        Optional<Double> base = base(graph, node).filter(c -> isExponential(graph, node));
        if (base.isEmpty()) {
            return NO_MATCH;
        }
        return node.type().dtype() == DType.F32 || node.type().dtype() == DType.F64
                ? Outcome.Replaced.by(node, exponential(node, context, Math.log(base.get())))
                : new Outcome.Declined(
                        node,
                        SourceExcerpt.of(node)
                                + " is a power in sixteen bits, which have too few digits for its logarithm",
                        "write exp, or cast the scores to f32");
    }

    /** The number that a node raises to a power of its own shape. */
    private static Optional<Double> base(Graph graph, Node node) {
        return ElementReference.is(node, ScalarFn.POW)
                        && graph.operand(node, 1).type().equals(node.type())
                ? ElementReference.in(node.value())
                        .operand(graph, 0)
                        .behindViews(graph)
                        .number()
                        .filter(c -> c > 0 && c != 1 && c < Double.POSITIVE_INFINITY)
                : Optional.empty();
    }

    private static boolean isExponential(Graph graph, Node node) {
        WeightReaders readers = WeightReaders.of(graph, node);
        return (readers.sum() || readers.product())
                && ProductSearch.isAny(graph, graph.operand(node, 1), product -> true);
    }

    private static Value exponential(Node node, RuleContext context, double logarithm) {
        Graph.Builder out = context.out();
        Value y = context.get(context.graph().operand(node, 1));
        Value factor = out.part(Constant.scalar(node.type().dtype(), logarithm), node.origin());
        Value exponent = out.part(new Elementwise(ScalarFn.MUL), node.origin(), y, factor);
        return out.value(new Elementwise(ScalarFn.EXP), node.origin(), exponent);
    }
}
