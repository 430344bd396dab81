package heddle.compiler.report;

import heddle.compiler.attention.AttentionMatch;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.layout.AttentionCall;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.View;
import heddle.compiler.report.CapturedPart.Role;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.ScalarFn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects the parts of a fused attention by role, from the nodes that the attention replaces. */
final class CollectParts {
    private final Graph graph;
    private final AttentionMatch match;
    private final AttentionCall fused;
    private final Set<Node> nodes;
    private final Map<List<?>, CapturedPart> found = new LinkedHashMap<>();

    /**
     * @param fused the attention with its layout folded
     * @param nodes what that replaces
     */
    CollectParts(Graph graph, AttentionMatch match, AttentionCall fused, Set<Node> nodes) {
        this.graph = graph;
        this.match = match;
        this.fused = fused;
        this.nodes = nodes;
    }

    /** The parts, from queries to weights; a place that plays a role twice is listed once. */
    List<CapturedPart> parts() {
        FusedAttention op = fused.op();
        operands(Role.Q, op.queries());
        operands(Role.K, op.keys());
        operands(Role.V, FusedAttention.slots(op.definition().v()));
        graph.operands(match.scores().product()).forEach(this::factors);
        nodes.forEach(node -> {
            if (node != match.scores().product() && match.scores().cone().contains(node)) {
                scores(node);
            }
        });
        add(Role.SOFTMAX, match.softmax());
        op.definition().sink().filter(sink -> !has(Role.SINK)).ifPresent(sink -> {
            operands(Role.SINK, FusedAttention.slots(sink));
            if (!has(Role.SINK)) {
                add(Role.SINK, match.softmax()); // A number in the quotient.
            }
        });
        if (((Softmax) match.softmax().op()).term() != 0) {
            add(Role.SINK, match.softmax());
        }
        if (op.definition().weight().isPresent()) {
            nodes.stream().filter(match.probabilities().path()::contains).forEach(this::weights);
            if (!has(Role.WEIGHT)) {
                add(Role.WEIGHT, match.probabilities().weights(graph).node()); // A cast, which rounds.
            }
        }
        return List.copyOf(found.values());
    }

    private boolean has(Role role) {
        return found.values().stream().anyMatch(part -> part.role() == role);
    }

    private void operands(Role role, Set<Integer> slots) {
        slots.forEach(slot -> add(role, fused.operands().get(slot).node()));
    }

    private void add(Role role, Node node) {
        CapturedPart part = CapturedPart.of(role, node, match.softmax());
        found.putIfAbsent(List.of(role, part.span().map(Object.class::cast).orElse(node)), part);
    }

    /** The factors on queries or keys that became factors on the scores. */
    private void factors(Value operand) {
        Node node = operand.node();
        if (fused.operands().contains(operand) || !nodes.contains(node)) {
            return;
        }
        if (isFactor(node)) {
            List<Value> operands = graph.operands(node);
            boolean first =
                    operands.getFirst().type().shape().equals(node.type().shape());
            add(Role.SCALE, named(operands.get(first ? 1 : 0), node));
            factors(operands.get(first ? 0 : 1));
        } else if (node.op() instanceof View) {
            factors(graph.operand(node, 0));
        }
    }

    private void scores(Node node) {
        if (node.op() instanceof Concat || node.op() instanceof Pad) {
            beside(node).forEach(v -> add(Role.SINK, named(v, node)));
            if (beside(node).isEmpty()) {
                add(Role.SINK, node);
            }
        } else if (isCap(node)) {
            add(Role.CAP, node);
        } else if (node.op() instanceof Elementwise e && !isWithinCap(node)) {
            switch (e.fn()) {
                case ADD, SUB -> beside(node).forEach(v -> added(v, node));
                case MUL, DIV -> beside(node).forEach(v -> add(Role.SCALE, named(v, node)));
                case SELECT -> selected(node);
                default -> add(Role.SCORE, node);
            }
        }
    }

    private void selected(Node node) {
        Value condition = graph.operand(node, 0);
        add(isBeside(condition) ? Role.MASK : Role.SCORE, isBeside(condition) ? named(condition, node) : node);
    }

    /** Something added is a mask when it is minus infinity somewhere. */
    private void added(Value value, Node to) {
        add(isLowestSomewhere(behindViews(value).node()) ? Role.MASK : Role.BIAS, named(value, to));
    }

    private boolean isLowestSomewhere(Node node) {
        if (node.op() instanceof Pad pad) {
            return pad.value() == Double.NEGATIVE_INFINITY;
        }
        return (ElementReference.is(node, ScalarFn.SELECT) || node.op() instanceof Concat)
                && graph.operands(node).stream()
                        .anyMatch(v -> ElementReference.is(behindViews(v), Double.NEGATIVE_INFINITY));
    }

    private void weights(Node node) {
        if (node.op() instanceof Elementwise) {
            List<Value> factors = graph.operands(node).stream()
                    .filter(v -> v.node() != match.softmax())
                    .filter(v -> !match.probabilities().path().contains(v.node()))
                    .filter(v -> !(behindViews(v).node().op() instanceof Constant))
                    .toList();
            factors.forEach(v -> add(Role.WEIGHT, named(v, node)));
            if (factors.isEmpty()) {
                add(Role.WEIGHT, node);
            }
        }
    }

    /** The operands of a node of the scores that do not depend on them. */
    private List<Value> beside(Node node) {
        return graph.operands(node).stream().filter(this::isBeside).toList();
    }

    private boolean isBeside(Value value) {
        return !match.scores().cone().contains(value.node());
    }

    /** {@code c * tanh(s / c)}, or the hyperbolic tangent alone. */
    private boolean isCap(Node node) {
        boolean tanh = ElementReference.is(node, ScalarFn.TANH);
        return tanh && graph.users(node).stream().noneMatch(CollectParts::isFactor)
                || isFactor(node)
                        && graph.operands(node).stream()
                                .anyMatch(
                                        v -> ElementReference.is(behindViews(v).node(), ScalarFn.TANH));
    }

    private boolean isWithinCap(Node node) {
        return ElementReference.is(node, ScalarFn.TANH)
                || isFactor(node) && graph.users(node).stream().anyMatch(n -> ElementReference.is(n, ScalarFn.TANH));
    }

    private static boolean isFactor(Node node) {
        return ElementReference.is(node, ScalarFn.MUL) || ElementReference.is(node, ScalarFn.DIV);
    }

    /** The source of a value before views and casts; if it does not come from source text, the node that reads it. */
    private Node named(Value value, Node reader) {
        Node node = behindViews(value).node();
        return node.origin().spans().isEmpty() ? reader : node;
    }

    private Value behindViews(Value value) {
        Value at = value;
        while (!fused.operands().contains(at) && nodes.contains(at.node()) && isPassed(at.node())) {
            at = graph.operand(at.node(), 0);
        }
        return at;
    }

    private static boolean isPassed(Node node) {
        return node.op() instanceof Cast || node.op() instanceof View;
    }
}
