package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.ScalarFn;

/**
 * Measures how far the softmaxes of a graph are from being written as such. Each rule of {@link SoftmaxRules#RECOGNISE}
 * replaces a node by nodes that count less together:
 *
 * <pre>
 * product          4 units, and one for each step down to a matmul: becomes a quotient, or an exponential
 * exponential      2 units: becomes a quotient of exponentials
 * quotient         1 unit, and one for each step down to a matmul: is moved before the matmul or view, or becomes a softmax
 * softmax          1, and one for each difference and mask that it is taken of: loses a difference
 * selection        1: a guard goes
 * </pre>
 */
final class WrittenSteps {
    /** More than there are differences and masks. */
    private static final long UNIT = 1L << 32;

    private final Graph graph;
    /** The products, quotients and masks between a node and a matmul, or a view of exponentials, that it is of, that included; by node number. */
    private final int[] above;
    /** The differences and masks that a node is, one of the other; by node number. */
    private final int[] shifts;

    private WrittenSteps(Graph graph) {
        this.graph = graph;
        this.above = new int[graph.nodes().size()];
        this.shifts = new int[graph.nodes().size()];
    }

    static long in(Graph graph) {
        WrittenSteps steps = new WrittenSteps(graph);
        return graph.nodes().stream().mapToLong(steps::weight).sum();
    }

    private long weight(Node node) {
        int first = node.op() instanceof Pointwise && !graph.operands(node).isEmpty() ? above(node, 0) : 0;
        if (node.op() instanceof SumOfProducts) {
            above[node.id()] = 1;
        } else if (node.op() instanceof View) {
            above[node.id()] = ElementReference.is(graph.operand(node, 0).node(), ScalarFn.EXP) ? 1 : first;
        } else if (node.op() instanceof Softmax) {
            return 1 + shifts[graph.operand(node, 0).node().id()];
        } else if (node.op() instanceof Elementwise e) {
            return weight(node, e.fn(), first);
        }
        return 0;
    }

    private long weight(Node node, ScalarFn fn, int first) {
        switch (fn) {
            case DIV -> {
                above[node.id()] = next(first);
                return UNIT * (1 + first);
            }
            case MUL -> {
                int most = Math.max(first, above(node, 1));
                above[node.id()] = next(most);
                return UNIT * (4 + most);
            }
            case EXP -> {
                return 2 * UNIT;
            }
            case SUB -> shifts[node.id()] = 1 + shifts(node, 0);
            case SELECT -> {
                shifts[node.id()] = 1 + Math.max(shifts(node, 1), shifts(node, 2));
                above[node.id()] = next(Math.max(above(node, 1), above(node, 2)));
                return 1;
            }
            default -> {}
        }
        return 0;
    }

    private static int next(int above) {
        return above > 0 ? above + 1 : 0;
    }

    private int above(Node node, int slot) {
        return above[graph.operand(node, slot).node().id()];
    }

    private int shifts(Node node, int slot) {
        return shifts[graph.operand(node, slot).node().id()];
    }
}
