package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Concat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Joins many tensors some at a time: {@code concat([a1, …, a400])} becomes a join of joins. A kernel has a parameter for each tensor that it
 * reads, and Java's methods and TornadoVM's tasks have a limited number of them.
 */
public record SplitLongJoins() implements Pass {
    /** The most tensors that are joined at once: with the result, as many as a task of TornadoVM may have, and two to spare. */
    private static final int MOST = 12;

    @Override
    public String name() {
        return "split-long-joins";
    }

    @Override
    public Graph run(Graph graph) {
        boolean isLong = graph.nodes().stream()
                .anyMatch(n -> n.op() instanceof Concat && graph.operands(n).size() > MOST);
        return isLong ? Rewriter.rewrite(graph, SplitLongJoins::split) : graph;
    }

    /** Whether a node joins so many that it is a kernel of its own, whose result others read. */
    public static boolean isPart(Graph graph, Node node) {
        return node.op() instanceof Concat
                && graph.operands(node).size() > 1
                && graph.users(node).stream()
                        .anyMatch(user -> user.op() instanceof Concat c
                                && c.equals(node.op())
                                && graph.operands(node).size()
                                                + graph.operands(user).size()
                                                - 1
                                        > MOST);
    }

    private static Optional<List<Value>> split(Node node, List<Value> operands, Graph.Builder out) {
        if (!(node.op() instanceof Concat) || operands.size() <= MOST) {
            return Optional.empty();
        }
        List<Value> parts = operands;
        while (parts.size() > MOST) {
            List<Value> joined = new ArrayList<>();
            for (int from = 0; from < parts.size(); from += MOST) {
                List<Value> some = parts.subList(from, Math.min(from + MOST, parts.size()));
                joined.add(
                        some.size() == 1
                                ? some.getFirst()
                                : out.part(node.op(), node.origin(), some.toArray(Value[]::new)));
            }
            parts = joined;
        }
        return Optional.of(List.of(out.value(node.op(), node.origin(), parts.toArray(Value[]::new))));
    }
}
