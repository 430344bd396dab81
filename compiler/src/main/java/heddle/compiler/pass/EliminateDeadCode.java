package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import java.util.List;

/** Removes nodes that no output depends on. Inputs stay, because the model is called with them. */
public record EliminateDeadCode() implements Pass {
    @Override
    public String name() {
        return "eliminate-dead-code";
    }

    @Override
    public Graph run(Graph graph) {
        boolean[] live = new boolean[graph.nodes().size()];
        graph.outputs().values().forEach(v -> live[v.node().id()] = true);
        boolean allLive = true;
        for (Node node : graph.nodes().reversed()) {
            live[node.id()] |= node.op() instanceof Input;
            allLive &= live[node.id()];
            if (live[node.id()]) {
                for (Value v : graph.operands(node)) {
                    live[v.node().id()] = true;
                }
            }
        }
        if (allLive) {
            return graph;
        }
        Rewriter rewriter = new Rewriter(graph);
        List<Node> kept = graph.nodes().stream().filter(n -> live[n.id()]).toList();
        kept.forEach(rewriter::copy);
        return rewriter.finish();
    }
}
