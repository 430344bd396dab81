package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Pass;
import heddle.compiler.rule.LiveNodes;

/** Removes nodes that no output depends on. Inputs stay, because the model is called with them. */
public record EliminateDeadCode() implements Pass {
    @Override
    public String name() {
        return "eliminate-dead-code";
    }

    @Override
    public Graph run(Graph graph) {
        return LiveNodes.of(graph);
    }
}
