package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Pointwise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what a value is computed of element by element. */
public final class ElementwiseCone {
    private ElementwiseCone() {}

    /** The node of a value, what it is computed of as long as that is pointwise, and where that ends: products, reductions, inputs. */
    public static Set<Node> of(Graph graph, Value value) {
        Set<Node> cone = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(value.node()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (cone.add(node) && node.op() instanceof Pointwise) {
                graph.operands(node).forEach(v -> open.push(v.node()));
            }
        }
        return cone;
    }
}
