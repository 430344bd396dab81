package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import java.util.BitSet;
import java.util.List;

/** Finds the nodes of a graph that its outputs depend on. */
public final class LiveNodes {
    private LiveNodes() {}

    /** In graph order. */
    public static List<Node> of(Graph graph) {
        BitSet live = new BitSet();
        graph.outputs().values().forEach(v -> live.set(v.node().id()));
        for (Node node : graph.nodes().reversed()) {
            if (live.get(node.id())) {
                graph.operands(node).forEach(v -> live.set(v.node().id()));
            }
        }
        return graph.nodes().stream().filter(n -> live.get(n.id())).toList();
    }
}
