package heddle.compiler.attention;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Given;
import heddle.compiler.op.attention.AttentionGradient;
import heddle.compiler.op.attention.AttentionGradient.Problem;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.rule.DeclinedException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What gradients are taken through. An attention whose gradient no fused kernel computes is not fused where one is wanted, so that it is
 * computed as written.
 */
final class Trained {
    /**
     * What one gradient is taken through.
     *
     * @param carries the nodes that change with a value that is wanted, and that the loss depends on
     * @param within  whether another loss depends on the gradient
     */
    private record Through(BitSet carries, boolean within) {}

    private final Graph graph;
    private final List<Through> gradients = new ArrayList<>();

    Trained(Graph graph) {
        this.graph = graph;
        List<Node> all =
                graph.nodes().stream().filter(n -> n.op() instanceof Gradient).toList();
        Set<Node> within = new HashSet<>();
        all.forEach(gradient -> within.addAll(graph.ancestors(gradient)));
        for (Node gradient : all) {
            gradients.add(new Through(carries(gradient), within.contains(gradient)));
        }
    }

    /** Whether any gradient is taken. No fused kernel computes that of a row's maximum or sum: it takes the scores. */
    boolean isAny() {
        return !gradients.isEmpty();
    }

    private BitSet carries(Node gradient) {
        List<Value> operands = graph.operands(gradient);
        Set<Object> wanted = new HashSet<>();
        operands.subList(1, operands.size()).forEach(v -> wanted.add(place(v.node())));
        Node loss = operands.getFirst().node();
        Set<Node> behind = new HashSet<>(graph.ancestors(loss));
        behind.add(loss);
        BitSet carries = new BitSet();
        for (Node node : graph.nodes()) {
            boolean reads = graph.operands(node).stream().anyMatch(v -> isCarried(v, carries));
            if (behind.contains(node) && (reads || wanted.contains(place(node)))) {
                carries.set(node.id());
            }
        }
        return carries;
    }

    private static boolean isCarried(Value value, BitSet carries) {
        return carries.get(value.node().id()) && value.type().dtype().isFloat();
    }

    /** What tells nodes apart: a weight or input may stand in a graph more than once. */
    private static Object place(Node node) {
        return node.op() instanceof Given ? node.op() : node;
    }

    /** @throws DeclinedException when a gradient is taken through an attention, and no fused kernel computes it */
    void require(AttentionMatch match) {
        for (Through through : gradients) {
            if (match.replaced().stream().anyMatch(n -> through.carries.get(n.id()))) {
                problem(match, through).ifPresent(problem -> {
                    throw new DeclinedException(
                            match.softmax(),
                            "a gradient is taken through it, and " + problem.reason(),
                            problem.remedy());
                });
            }
        }
    }

    private static Optional<Problem> problem(AttentionMatch match, Through through) {
        if (through.within) {
            return Optional.of(new Problem(
                    "the gradient of a fused attention has no gradient itself",
                    "leave it as it is: gradients of gradients are computed from what is written"));
        }
        List<Value> operands = match.fused().operands();
        Set<Integer> needed = new TreeSet<>();
        for (int slot = 0; slot < operands.size(); slot++) {
            if (isCarried(operands.get(slot), through.carries)) {
                needed.add(slot);
            }
        }
        return AttentionGradient.problem(match.fused().op(), needed);
    }
}
