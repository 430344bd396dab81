package heddle.compiler.recompute;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Given;
import heddle.compiler.op.Length;
import heddle.compiler.op.layout.Iota;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A graph with its gradients written out, and which of its nodes are of the forward pass: all that the loss depends on.
 *
 * @param forward by number
 */
record JointGraph(Graph graph, BitSet forward, Set<Value> outputs) {
    /** @param losses names of the outputs that were differentiated */
    static JointGraph of(Graph graph, List<String> losses) {
        BitSet forward = new BitSet();
        for (String loss : losses) {
            Node last = graph.outputs().get(loss).node();
            forward.set(last.id());
            graph.ancestors(last).forEach(n -> forward.set(n.id()));
        }
        return new JointGraph(graph, forward, new HashSet<>(graph.outputs().values()));
    }

    boolean isForward(Node node) {
        return forward.get(node.id());
    }

    /** Nodes of the forward pass that compute something, in order. */
    List<Node> computed() {
        return graph.nodes().stream().filter(n -> isForward(n) && !isGiven(n)).toList();
    }

    /** All values of the forward pass. */
    Set<Value> values() {
        Set<Value> values = new HashSet<>();
        computed().forEach(n -> values.addAll(Rewriter.results(n)));
        return values;
    }

    /** Whether a value is there anyway, or is made of nothing. */
    static boolean isGiven(Node node) {
        return node.op() instanceof Given
                || node.op() instanceof Constant
                || node.op() instanceof Length
                || node.op() instanceof Iota;
    }

    /** The readers of a value in the forward pass. */
    List<Node> forwardReaders(Value value) {
        return readers(value, true);
    }

    /** Whether the backward pass reads a value. */
    boolean isReadBackward(Value value) {
        return !readers(value, false).isEmpty();
    }

    private List<Node> readers(Value value, boolean inForward) {
        List<Node> readers = new ArrayList<>();
        for (Node user : graph.users(value.node())) {
            if (isForward(user) == inForward && graph.operands(user).contains(value)) {
                readers.add(user);
            }
        }
        return readers;
    }
}
