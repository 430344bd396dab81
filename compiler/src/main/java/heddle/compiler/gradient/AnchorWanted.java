package heddle.compiler.gradient;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Given;
import heddle.compiler.op.gradient.Anchor;
import heddle.compiler.op.gradient.Gradient;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Marks the values by which gradients are taken and which the model computes, so that no rule replaces them with equal ones
 * that have other gradients. All that reads such a value reads its {@link Anchor}.
 */
public record AnchorWanted() implements Pass {
    @Override
    public String name() {
        return "anchor-wanted";
    }

    @Override
    public Graph run(Graph graph) {
        Set<Value> wanted = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Gradient) {
                graph.operands(node).stream()
                        .skip(1)
                        .filter(v -> isComputed(v.node()))
                        .forEach(wanted::add);
            }
        }
        if (wanted.isEmpty()) {
            return graph;
        }
        Rewriter rewriter = new Rewriter(graph);
        for (Node node : graph.nodes()) {
            Node copy = rewriter.copy(node);
            List<Value> results = Rewriter.results(node).stream()
                    .map(v -> anchored(rewriter, new Value(copy, v.index()), wanted.contains(v)))
                    .toList();
            rewriter.replace(node, results);
        }
        return rewriter.finish();
    }

    private static Value anchored(Rewriter rewriter, Value value, boolean isWanted) {
        return isWanted ? rewriter.out().part(new Anchor(), value.node().origin(), value) : value;
    }

    private static boolean isComputed(Node node) {
        return !(node.op() instanceof Given || node.op() instanceof Anchor);
    }
}
