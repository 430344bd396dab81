package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Finds the nodes that lie between two nodes of a graph. */
public final class NodesBetween {
    private NodesBetween() {}

    /**
     * The nodes that depend on {@code from} and that {@code to} depends on, in graph order: {@code to} itself with them,
     * {@code from} not. Empty when there is no way.
     *
     * <p>Takes time in proportion to what {@code to} depends on and comes after {@code from}.
     *
     * @param passed nodes that ways may lead through; {@code to} is one of them or there is no way
     */
    public static SequencedSet<Node> of(Graph graph, Node from, Node to, Predicate<Node> passed) {
        SequencedSet<Node> before = new TreeSet<>(Comparator.comparingInt(Node::id));
        Deque<Node> open = new ArrayDeque<>();
        open.push(to);
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (node.id() > from.id() && passed.test(node) && before.add(node)) {
                graph.operands(node).forEach(v -> open.push(v.node()));
            }
        }
        Set<Node> reached = new HashSet<>(Set.of(from));
        for (Node node : before) {
            if (graph.operands(node).stream().map(Value::node).anyMatch(reached::contains)) {
                reached.add(node);
            }
        }
        before.retainAll(reached);
        return before;
    }
}
