package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.StopGradient;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A maximum that is scaled by a positive number is the maximum of what is scaled, where exponents are shifted by it
 * and the scores are scaled alike.
 *
 * <pre>
 * max(x) * n   → max(x * n)
 * max(x) / n   → max(x / n)
 * </pre>
 *
 * Both round alike: of two numbers the greater one stays no less when both are scaled and rounded.
 */
public record ScaleBeforeMaximum() implements Rule {
    @Override
    public String name() {
        return "scale-before-maximum";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        Optional<ViewPath> maximum = maximum(graph, node);
        if (maximum.isEmpty()) {
            return NO_MATCH;
        }
        ViewPath path = maximum.get();
        List<Value> operands = new ArrayList<>();
        graph.operands(node).forEach(v -> operands.add(context.get(v)));
        operands.set(slot(graph, node), context.get(graph.operand(path.end().node(), 0)));
        Value scaled = context.out().add(node.op(), operands, node.origin()).value();
        Value greatest =
                context.out().value(path.end().node().op(), path.end().node().origin(), scaled);
        return Outcome.Replaced.by(node, path.over(context, node.origin(), greatest));
    }

    /** Whether the rule applies at a node. */
    static boolean isAt(Graph graph, Node node) {
        return maximum(graph, node).isPresent();
    }

    /** The maximum that a node scales, with the views on it. */
    private static Optional<ViewPath> maximum(Graph graph, Node node) {
        if (!ElementReference.is(node, ScalarFn.MUL) && !ElementReference.is(node, ScalarFn.DIV)) {
            return Optional.empty();
        }
        int slot = slot(graph, node);
        if (!(View.behind(graph, graph.operand(node, slot)).node().op() instanceof Reduce)
                || !graph.operand(node, slot).type().equals(node.type())) {
            return Optional.empty();
        }
        ElementReference whole = ElementReference.in(node.value());
        ElementReference other = whole.operand(graph, 1 - slot);
        ViewPath path = ViewPath.of(graph, whole.operand(graph, slot));
        boolean applies = Reduce.is(path.end().node(), Reduction.MAX)
                && other.value().type().rank() == 0
                && other.number().filter(n -> n > 0 && Scale.isModerate(n)).isPresent()
                && isScaled(graph, graph.operand(path.end().node(), 0), node, other)
                && isShift(graph, path.end().node());
        return applies ? Optional.of(path) : Optional.empty();
    }

    private static int slot(Graph graph, Node node) {
        return ElementReference.is(node, ScalarFn.MUL)
                        && ElementReference.in(graph.operand(node, 0)).number().isPresent()
                ? 1
                : 0;
    }

    /** Whether scores are scaled as a node scales their maximum. */
    private static boolean isScaled(Graph graph, Value scores, Node node, ElementReference number) {
        return graph.users(scores.node()).stream()
                .filter(user -> user.op().equals(node.op()))
                .anyMatch(user -> ElementReference.in(user.value())
                        .operand(graph, 1 - slot(graph, user))
                        .behindViews(graph)
                        .number()
                        .equals(number.number()));
    }

    /** Whether a maximum, scaled or not, is taken off exponents. */
    private static boolean isShift(Graph graph, Node maximum) {
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(maximum));
        while (!open.isEmpty()) {
            for (Node user : graph.users(open.pop())) {
                boolean passes = user.op() instanceof View
                        || user.op() instanceof StopGradient
                        || ElementReference.is(user, ScalarFn.MUL)
                        || ElementReference.is(user, ScalarFn.DIV)
                        || ElementReference.is(user, ScalarFn.ADD)
                        || ElementReference.is(user, ScalarFn.SUB);
                if (ElementReference.is(user, ScalarFn.EXP)) {
                    return true;
                }
                if (passes && seen.add(user)) {
                    open.push(user);
                }
            }
        }
        return false;
    }
}
