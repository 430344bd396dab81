package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Dropout;
import heddle.compiler.op.Input;
import java.util.List;
import java.util.Optional;

/**
 * Makes the dropouts of a graph that is trained read their seed, an input {@link Dropout#SEED} that this adds. A dropout
 * without a seed is an identity and disappears.
 */
public record SeedDropouts() implements Pass {
    @Override
    public String name() {
        return "seed-dropouts";
    }

    @Override
    public Graph run(Graph graph) {
        if (graph.nodes().stream()
                .noneMatch(n -> n.op() instanceof Dropout && graph.operands(n).size() == 1)) {
            return graph;
        }
        Value[] seed = new Value[1];
        return Rewriter.rewrite(graph, (node, operands, out) -> {
            if (!(node.op() instanceof Dropout) || operands.size() > 1) {
                return Optional.empty();
            }
            if (seed[0] == null) {
                seed[0] = out.value(new Input(Dropout.SEED, Dropout.SEED_TYPE), Origin.NONE);
            }
            return Optional.of(List.of(out.value(node.op(), node.origin(), operands.getFirst(), seed[0])));
        });
    }
}
