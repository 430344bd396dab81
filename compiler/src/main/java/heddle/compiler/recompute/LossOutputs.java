package heddle.compiler.recompute;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.pass.EliminateDeadCode;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Makes outputs of what is differentiated, of outputs too: other passes may join values, and nobody could tell then. When gradients are written out, they tell what the forward pass is;
 * {@link #without} takes them away again.
 */
public record LossOutputs() implements Pass {
    public static final String NAME = "loss-outputs";

    private static final String LOSS = "loss_";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Graph run(Graph graph) {
        Set<Value> losses = new LinkedHashSet<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Gradient) {
                losses.add(graph.operand(node, 0));
            }
        }
        if (losses.isEmpty()) {
            return graph;
        }
        Rewriter copy = new Rewriter(graph);
        graph.nodes().forEach(copy::copy);
        graph.outputs().forEach((name, value) -> copy.out().output(name, copy.get(value)));
        int n = 0;
        for (Value loss : losses) {
            do {
                n++;
            } while (graph.outputs().containsKey(LOSS + n));
            copy.out().output(LOSS + n, copy.get(loss));
        }
        return copy.out().build();
    }

    /** A graph with none but some outputs, and what these depend on. */
    static Graph without(Graph graph, Set<String> outputs) {
        return outputs.containsAll(graph.outputs().keySet())
                ? graph
                : new EliminateDeadCode().run(Rewriter.withOutputs(graph, outputs::contains));
    }
}
