package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.op.Input;
import java.util.BitSet;

/** Keeps the nodes of a graph that its outputs depend on. */
public final class LiveNodes {
    private LiveNodes() {}

    /** The graph without other nodes; the given one when there are none. Inputs stay, because the model is called with them. */
    public static Graph of(Graph graph) {
        BitSet live = new BitSet();
        graph.outputs().values().forEach(v -> live.set(v.node().id()));
        for (Node node : graph.nodes().reversed()) {
            if (live.get(node.id())) {
                graph.operands(node).forEach(v -> live.set(v.node().id()));
            } else if (node.op() instanceof Input) {
                live.set(node.id());
            }
        }
        if (live.cardinality() == graph.nodes().size()) {
            return graph;
        }
        Rewriter rewriter = new Rewriter(graph);
        graph.nodes().stream().filter(n -> live.get(n.id())).forEach(rewriter::copy);
        return rewriter.finish();
    }
}
