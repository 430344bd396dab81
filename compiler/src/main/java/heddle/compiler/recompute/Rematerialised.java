package heddle.compiler.recompute;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A joint graph in which the backward pass reads only what is kept of the forward pass, and computes the rest again: each
 * value right before its first reader.
 *
 * @param kept       values of the forward pass that stay until the backward pass has read them
 * @param recomputed nodes of the joint graph that are computed again, in order
 */
record Rematerialised(Graph graph, Set<Value> kept, List<Node> recomputed) {
    /** The graph in which only some values stay. */
    static Rematerialised of(JointGraph joint, Set<Value> kept) {
        Writer writer = new Writer(joint, kept);
        Graph graph = writer.graph();
        List<Node> recomputed = writer.copies.keySet().stream()
                .sorted(Comparator.comparingInt(Node::id))
                .toList();
        return new Rematerialised(graph, kept, recomputed);
    }

    /** The joint graph itself. */
    static Rematerialised nothing(JointGraph joint) {
        return new Rematerialised(joint.graph(), joint.values(), List.of());
    }

    private static final class Writer {
        private final JointGraph joint;
        private final Set<Value> kept;
        private final Rewriter rewriter;
        private final Map<Node, Node> copies = new HashMap<>();

        Writer(JointGraph joint, Set<Value> kept) {
            this.joint = joint;
            this.kept = kept;
            this.rewriter = new Rewriter(joint.graph());
        }

        Graph graph() {
            for (Node node : joint.graph().nodes()) {
                if (joint.isForward(node)) {
                    rewriter.copy(node);
                } else {
                    List<Value> operands = operands(node);
                    rewriter.replace(node, Rewriter.results(rewriter.out().add(node.op(), operands, node.origin())));
                }
            }
            return rewriter.finish();
        }

        private List<Value> operands(Node node) {
            return joint.graph().operands(node).stream().map(this::there).toList();
        }

        private Value there(Value value) {
            Node node = value.node();
            boolean stays = !joint.isForward(node)
                    || JointGraph.isGiven(node)
                    || kept.contains(value)
                    || joint.outputs().contains(value);
            return stays ? rewriter.get(value) : new Value(again(node), value.index());
        }

        private Node again(Node node) {
            Node known = copies.get(node);
            if (known == null) {
                known = rewriter.out()
                        .add(node.op(), operands(node), node.origin().part("again"));
                copies.put(node, known);
            }
            return known;
        }
    }
}
