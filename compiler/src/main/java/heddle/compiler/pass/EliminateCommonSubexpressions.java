package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes equal values once. Equal operations with the same operands become one node, which keeps the origin of the
 * first and, as merged places, those of the others.
 *
 * <pre>
 * %2 = exp(%0)                   %2 = exp(%0)
 * %3 = exp(%0)             ⇒    %3 = add(%2, %2)
 * %4 = add(%2, %3)
 * </pre>
 *
 * Dropouts of a model differ by their ordinals, so that two stay two.
 */
public record EliminateCommonSubexpressions() implements Pass {
    private record Computation(Op op, List<Value> operands) {}

    @Override
    public String name() {
        return "eliminate-common-subexpressions";
    }

    @Override
    public Graph run(Graph graph) {
        Map<Node, List<Origin>> equal = new HashMap<>();
        Graph merged = merge(graph, equal);
        // Nodes do not change, and a node is added before those that equal it are met.
        return equal.isEmpty() ? merged : merge(graph, equal);
    }

    /** @param equal the origins of the nodes that equal a node which comes first; used, and completed */
    private static Graph merge(Graph graph, Map<Node, List<Origin>> equal) {
        Map<Node, List<Origin>> before = Map.copyOf(equal);
        Map<Computation, Node> known = new HashMap<>();
        Map<Node, Node> firsts = new HashMap<>();
        return Rewriter.rewrite(graph, (node, operands, out) -> {
            Computation computation = new Computation(node.op(), operands);
            Node there = known.get(computation);
            if (there == null) {
                there = out.add(node.op(), operands, node.origin().with(before.getOrDefault(node, List.of())));
                known.put(computation, there);
                firsts.put(there, node);
            } else if (before.isEmpty()) {
                equal.computeIfAbsent(firsts.get(there), first -> new ArrayList<>())
                        .add(node.origin());
            }
            return Optional.of(Rewriter.results(there));
        });
    }
}
