package heddle.compiler.recompute;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a joint graph in which the backward pass reads only what is kept of the forward pass, and computes the rest again: each
 * value right before its first reader.
 */
final class Rematerialised {
    private final JointGraph joint;
    private final Set<Value> kept;
    private final Rewriter rewriter;
    private final Map<Node, Node> copies = new HashMap<>();

    private Rematerialised(JointGraph joint, Set<Value> kept) {
        this.joint = joint;
        this.kept = kept;
        this.rewriter = new Rewriter(joint.graph());
    }

    /** @param kept values of the forward pass that stay until the backward pass has read them */
    static Graph of(JointGraph joint, Set<Value> kept) {
        return new Rematerialised(joint, kept).graph();
    }

    private Graph graph() {
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
            known = rewriter.out().add(node.op(), operands(node), node.origin().part("again"));
            copies.put(node, known);
        }
        return known;
    }

    /** The nodes that are computed again when only some values are kept. */
    static Set<Node> recomputed(JointGraph joint, Set<Value> kept) {
        Rematerialised r = new Rematerialised(joint, kept);
        r.graph();
        return new HashSet<>(r.copies.keySet());
    }
}
