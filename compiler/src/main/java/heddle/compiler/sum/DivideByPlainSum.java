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
import java.util.OptionalInt;
import java.util.stream.IntStream;

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
        Chain chain = Chain.of(graph, graph.operand(node, 1).node());
        boolean isQuotientOfSums =
                Chain.of(graph, graph.operand(node, 0).node()).isOfSum(graph);
        return chain.isOfSum(graph) && !isQuotientOfSums ? chain.factors : 0;
    }

    /**
     * What a divisor is computed of by views and single numbers.
     *
     * @param factors how many such numbers
     * @param end     what is left
     */
    private record Chain(int factors, Node end) {
        static Chain of(Graph graph, Node divisor) {
            int factors = 0;
            Node at = divisor;
            OptionalInt slot = slot(graph, at);
            while (slot.isPresent()) {
                factors += at.op() instanceof View ? 0 : 1;
                at = graph.operand(at, slot.getAsInt()).node();
                slot = slot(graph, at);
            }
            return new Chain(factors, at);
        }

        boolean isOfSum(Graph graph) {
            return Reduce.is(end, Reduction.SUM) && PlainSums.isOfExponentials(graph, graph.operand(end, 0));
        }
    }

    /** Which operand a view is of, or is multiplied or divided by one number. */
    private static OptionalInt slot(Graph graph, Node node) {
        if (node.op() instanceof View) {
            return OptionalInt.of(0);
        }
        int slots = ElementReference.is(node, ScalarFn.MUL) ? 2 : ElementReference.is(node, ScalarFn.DIV) ? 1 : 0;
        return IntStream.range(0, slots)
                .filter(slot -> graph.operand(node, slot).type().equals(node.type())
                        && graph.operand(node, 1 - slot).type().shape().size().is(1))
                .findFirst();
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
        int slot = slot(graph, scaled).orElseThrow();
        if (Chain.of(graph, graph.operand(scaled, 1 - slot).node()).isOfSum(graph)) {
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
