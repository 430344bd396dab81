package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;

/** Tells of which values it can be seen that no element is below zero; one may be NaN. */
public final class NonNegative {
    private final Graph graph;
    private final Map<Node, Boolean> known = new HashMap<>();

    public NonNegative(Graph graph) {
        this.graph = graph;
    }

    /** Whether no element of a value is below zero, by how it is made. */
    public boolean is(Value value) {
        Node node = value.node();
        Boolean before = known.get(node);
        if (before != null) {
            return before;
        }
        DType type = value.type().dtype();
        boolean is = type == DType.BOOL || (type.isInt() ? isWhole(node) : isMade(node));
        known.put(node, is);
        return is;
    }

    private boolean is(Node node, int slot) {
        return is(graph.operand(node, slot));
    }

    private boolean areAll(Node node) {
        return graph.operands(node).stream().allMatch(this::is);
    }

    private boolean isMade(Node node) {
        return switch (node.op()) {
            case Constant c -> c.values().stream().allMatch(n -> n.doubleValue() >= 0);
            case Softmax s -> true;
            case Cast c -> is(node, 0);
            case View v -> is(node, 0);
            // The maximum of nothing is minus infinity.
            case Reduce r -> r.kind() != Reduction.MAX && is(node, 0);
            case Elementwise e -> isFunction(node, e.fn());
            default -> false;
        };
    }

    /** Integers wrap: what is computed may be below zero, whatever it is computed from. */
    private boolean isWhole(Node node) {
        return switch (node.op()) {
            case Constant c -> c.values().stream().allMatch(n -> n.doubleValue() >= 0);
            case Cast c -> graph.operand(node, 0).type().dtype() == DType.BOOL;
            case View v -> is(node, 0);
            case Elementwise e ->
                EnumSet.of(ScalarFn.MAX, ScalarFn.MIN, ScalarFn.SELECT).contains(e.fn()) && isFunction(node, e.fn());
            default -> false;
        };
    }

    private boolean isFunction(Node node, ScalarFn fn) {
        return switch (fn) {
            case EXP, SIGMOID, ABS, SQRT -> true;
            case MAX -> is(node, 0) || is(node, 1);
            case MUL -> graph.operand(node, 0).equals(graph.operand(node, 1)) || areAll(node);
            case ADD, DIV, MIN -> areAll(node);
            case SELECT -> is(node, 1) && is(node, 2);
            case POW -> is(node, 0) || isEven(graph.operand(node, 1));
            case FLOOR, CEIL, ROUND -> is(node, 0);
            case LOG -> isOneAtLeast(graph.operand(node, 0));
            default -> false;
        };
    }

    private static boolean isEven(Value value) {
        return ElementReference.in(value).number().filter(n -> n % 2 == 0).isPresent();
    }

    /** Whether a value is a sum of one and something that is not below zero, as in softplus. */
    private boolean isOneAtLeast(Value value) {
        Node node = value.node();
        return ElementReference.is(node, ScalarFn.ADD) && (isOneAnd(node, 0) || isOneAnd(node, 1));
    }

    private boolean isOneAnd(Node sum, int slot) {
        Value one = View.behind(graph, graph.operand(sum, slot));
        return ElementReference.in(one).number().filter(n -> n >= 1).isPresent() && is(sum, 1 - slot);
    }
}
