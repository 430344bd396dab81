package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Dropout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes equal values once. Equal operations with the same operands become one node, which keeps the origin of the
 * first.
 *
 * <pre>
 * %2 = exp(%0)                   %2 = exp(%0)
 * %3 = exp(%0)             ⇒    %3 = add(%2, %2)
 * %4 = add(%2, %3)
 * </pre>
 *
 * Two dropouts stay two, because each drops its own elements.
 */
public record EliminateCommonSubexpressions() implements Pass {
    private record Computation(Op op, List<Value> operands) {}

    @Override
    public String name() {
        return "eliminate-common-subexpressions";
    }

    @Override
    public Graph run(Graph graph) {
        Map<Computation, Node> known = new HashMap<>();
        return Rewriter.rewrite(graph, (node, operands, out) -> {
            if (node.op() instanceof Dropout) {
                return Optional.empty();
            }
            Node first = known.computeIfAbsent(
                    new Computation(node.op(), operands), c -> out.add(node.op(), operands, node.origin()));
            return Optional.of(Rewriter.results(first));
        });
    }
}
