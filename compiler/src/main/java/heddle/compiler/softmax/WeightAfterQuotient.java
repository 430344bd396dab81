package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Elementwise;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Exponentials are divided by their sum before factors and masks change them, where they were afterwards.
 *
 * <pre>
 * (exp(y) * w) / t          → (exp(y) / t) * w         where t is the sum of each row's exponentials without w
 * where(m, exp(y), 0) / t   → where(m, exp(y) / t, 0)
 * </pre>
 */
public record WeightAfterQuotient() implements Rule {
    @Override
    public String name() {
        return "weight-after-quotient";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        if (!isAt(graph, node)) {
            return NO_MATCH;
        }
        List<Step> steps = steps(graph, graph.operand(node, 0).node());
        Step innermost = steps.getLast();
        Value exp = context.get(graph.operand(innermost.node, innermost.slot));
        Elementwise quotient = new Elementwise(ScalarFn.DIV);
        Value changed = context.out().value(quotient, node.origin(), exp, context.get(graph.operand(node, 1)));
        for (Step step : steps.reversed()) {
            List<Value> operands = new ArrayList<>();
            graph.operands(step.node).forEach(v -> operands.add(context.get(v)));
            operands.set(step.slot, changed);
            changed = context.out()
                    .add(step.node.op(), operands, step.node.origin())
                    .value();
        }
        return Outcome.Replaced.by(node, changed);
    }

    /** A product or selection. @param slot which of its operands the exponentials are */
    private record Step(Node node, int slot) {}

    /** Whether the rule applies at a node. */
    static boolean isAt(Graph graph, Node node) {
        if (!ElementReference.is(node, ScalarFn.DIV)
                || !graph.operand(node, 0).type().equals(node.type())) {
            return false;
        }
        List<Step> steps = steps(graph, graph.operand(node, 0).node());
        if (steps.isEmpty()) {
            return false;
        }
        ElementReference at = ElementReference.in(node.value()).operand(graph, 0);
        for (Step step : steps) {
            at = at.operand(graph, step.slot);
        }
        ElementReference y = at.operand(graph, 0);
        return RowSum.of(graph, ElementReference.in(node.value()).operand(graph, 1))
                .filter(sum -> sum.isOver(graph, y))
                .isPresent();
    }

    /** What changes an exponential on the way to a node, the last first; empty where there is nothing, or no exponential. */
    private static List<Step> steps(Graph graph, Node node) {
        List<Step> steps = new ArrayList<>();
        Map<Node, Optional<Step>> known = new HashMap<>();
        Node at = node;
        while (!ElementReference.is(at, ScalarFn.EXP)) {
            Optional<Step> step = step(graph, at, known);
            if (step.isEmpty()) {
                return List.of();
            }
            steps.add(step.get());
            at = graph.operand(at, step.get().slot).node();
        }
        return steps;
    }

    /** @param known what was found before: a value may be read many times */
    private static Optional<Step> step(Graph graph, Node node, Map<Node, Optional<Step>> known) {
        Optional<Step> before = known.get(node);
        if (before == null) {
            before = found(graph, node, known);
            known.put(node, before);
        }
        return before;
    }

    private static Optional<Step> found(Graph graph, Node node, Map<Node, Optional<Step>> known) {
        for (int slot = 0; ElementReference.is(node, ScalarFn.MUL) && slot < 2; slot++) {
            if (leadsOn(graph, node, slot, known)) {
                return Optional.of(new Step(node, slot));
            }
        }
        for (int slot = 1; ElementReference.is(node, ScalarFn.SELECT) && slot <= 2; slot++) {
            if (ElementReference.is(graph.operand(node, 3 - slot), 0) && leadsOn(graph, node, slot, known)) {
                return Optional.of(new Step(node, slot));
            }
        }
        return Optional.empty();
    }

    /** Whether an operand is an exponential of the same type, or what may be one that was changed. */
    private static boolean leadsOn(Graph graph, Node node, int slot, Map<Node, Optional<Step>> known) {
        Value operand = graph.operand(node, slot);
        Node of = operand.node();
        return operand.type().equals(node.type())
                && (ElementReference.is(of, ScalarFn.EXP)
                        || step(graph, of, known).isPresent());
    }
}
