package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A positive number times an exponential beside a sum of exponentials is one exponential.
 *
 * <pre>
 * n * exp(z)      → exp(z + log(n))
 * n * exp(z - m)  → exp((z + log(n)) - m)
 * n * exp(-m)     → exp(log(n) - m)
 * </pre>
 */
public record FactorBesideSum() implements Rule {
    @Override
    public String name() {
        return "factor-beside-sum";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        for (int slot = 0; ElementReference.is(node, ScalarFn.MUL) && slot < 2; slot++) {
            Node exp = View.behind(graph, graph.operand(node, 1 - slot)).node();
            if (!ElementReference.is(exp, ScalarFn.EXP)) {
                continue;
            }
            ElementReference whole = ElementReference.in(node.value());
            Optional<Double> number = whole.operand(graph, slot)
                    .behindViews(graph)
                    .number()
                    .filter(n -> n > 0 && n < Double.POSITIVE_INFINITY);
            ViewPath path = ViewPath.of(graph, whole.operand(graph, 1 - slot));
            boolean isWhole = graph.operand(node, 1 - slot).type().equals(node.type());
            if (number.isPresent() && isWhole && isBesideSum(graph, node)) {
                Value exponent = graph.operand(exp, 0);
                Value more = plus(node, context, ElementReference.in(exponent), Math.log(number.get()));
                Value one = context.out().value(new Elementwise(ScalarFn.EXP), node.origin(), more);
                return Outcome.Replaced.by(node, path.over(context, node.origin(), one));
            }
        }
        return NO_MATCH;
    }

    /** The exponent and a number, which a difference takes first, so that what is subtracted stays. */
    private static Value plus(Node node, RuleContext context, ElementReference exponent, double number) {
        Graph graph = context.graph();
        Graph.Builder out = context.out();
        Value constant = out.part(Constant.scalar(exponent.value().type().dtype(), number), node.origin());
        Elementwise add = new Elementwise(ScalarFn.ADD);
        Elementwise sub = new Elementwise(ScalarFn.SUB);
        if (exponent.is(ScalarFn.SUB)) {
            Value z = context.get(graph.operand(exponent.node(), 0));
            Value m = context.get(graph.operand(exponent.node(), 1));
            return out.part(sub, node.origin(), out.part(add, node.origin(), z, constant), m);
        }
        Optional<Value> negated = RowScore.negated(graph, exponent)
                .map(ElementReference::value)
                .filter(m -> m.type().equals(exponent.value().type()));
        return negated.isPresent()
                ? out.part(sub, node.origin(), constant, context.get(negated.get()))
                : out.part(add, node.origin(), context.get(exponent.value()), constant);
    }

    /** Whether a node is a term of a sum with a row's exponentials, seen through views and products. */
    private static boolean isBesideSum(Graph graph, Node node) {
        Set<Node> seen = new HashSet<>(Set.of(node));
        Deque<Node> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (Node user : graph.users(open.pop())) {
                if (ElementReference.is(user, ScalarFn.ADD)
                        && RowSum.of(graph, ElementReference.in(user.value()))
                                .flatMap(RowSum::term)
                                .isPresent()) {
                    return true;
                }
                if ((user.op() instanceof View || isProduct(user)) && seen.add(user)) {
                    open.push(user);
                }
            }
        }
        return false;
    }

    private static boolean isProduct(Node node) {
        return ElementReference.is(node, ScalarFn.MUL);
    }
}
