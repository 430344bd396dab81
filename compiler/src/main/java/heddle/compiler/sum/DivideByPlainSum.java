package heddle.compiler.sum;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What is divided by a multiple of a sum of exponentials is divided by the sum, and by the factor then.
 *
 * <pre>
 * x / (sum(exp(y)) * c)   → (x / sum(exp(y))) / c      where c is one number, known or not
 * x / (sum(exp(y)) / c)   → (x / sum(exp(y))) * c
 * </pre>
 */
record DivideByPlainSum() implements Rule {
    @Override
    public String name() {
        return "divide-by-plain-sum";
    }

    /** The factors on a sum of exponentials that something is divided by. */
    static int factors(Graph graph, Node node) {
        if (!ElementReference.is(node, ScalarFn.DIV)
                || !graph.operand(node, 0).type().equals(node.type())
                || Precision.isNarrow(node.type().dtype())) {
            return 0;
        }
        FactorChain divisor = chain(graph, graph.operand(node, 1));
        boolean isQuotientOfSums = isOfSum(graph, chain(graph, graph.operand(node, 0)));
        return isOfSum(graph, divisor) && !isQuotientOfSums ? divisor.factors() : 0;
    }

    private static FactorChain chain(Graph graph, Value value) {
        return FactorChain.of(graph, value.node(), DivideByPlainSum::isNumber);
    }

    private static boolean isNumber(Value value) {
        return value.type().shape().size().is(1);
    }

    private static boolean isOfSum(Graph graph, FactorChain chain) {
        return Reduce.is(chain.end(), Reduction.SUM)
                && PlainSums.isOfExponentials(graph, graph.operand(chain.end(), 0));
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        if (factors(graph, node) == 0) {
            return NO_MATCH;
        }
        List<Node> views = new ArrayList<>();
        Node scaled = graph.operand(node, 1).node();
        while (scaled.op() instanceof View) {
            views.add(scaled);
            scaled = graph.operand(scaled, 0).node();
        }
        int slot = FactorChain.slot(graph, scaled, DivideByPlainSum::isNumber).orElseThrow();
        if (isOfSum(graph, chain(graph, graph.operand(scaled, 1 - slot)))) {
            return NO_MATCH; // Which of two sums belongs to what is divided is not known.
        }
        Graph.Builder out = context.out();
        Value sum = context.get(graph.operand(scaled, slot));
        for (Node view : views.reversed()) {
            sum = out.part(view.op(), node.origin(), sum);
        }
        Value factor = context.get(graph.operand(scaled, 1 - slot));
        Value number = factor.type().rank() == 0 ? factor : out.part(new Reshape(Shape.SCALAR), node.origin(), factor);
        Value quotient = out.part(node.op(), node.origin(), context.get(graph.operand(node, 0)), sum);
        Elementwise rest = new Elementwise(ElementReference.is(scaled, ScalarFn.MUL) ? ScalarFn.DIV : ScalarFn.MUL);
        return Outcome.Replaced.by(node, out.value(rest, node.origin(), quotient, number));
    }
}
