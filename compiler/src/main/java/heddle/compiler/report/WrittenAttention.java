package heddle.compiler.report;

import heddle.compiler.attention.AttentionMatch;
import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.layout.FoldLayout;
import heddle.compiler.op.Pointwise;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A fused attention, as the model writes it.
 *
 * @param graph    before fusion
 * @param nodes    the nodes that the fused node replaces when its layout is folded, in graph order
 * @param folded   the fused attention with its layout folded, and the last of the nodes, whose value it computes
 * @param parts    where the pieces are written
 */
public record WrittenAttention(
        Graph graph, SequencedSet<Node> nodes, FoldLayout.Folded folded, List<CapturedPart> parts) {
    public WrittenAttention {
        parts = List.copyOf(parts);
    }

    /**
     * The fused attentions of the graph {@code after} fusion as the graph {@code before} it has them.
     *
     * @param decisions of the fusion
     */
    public static Map<Node, WrittenAttention> in(Graph before, Graph after, List<Decision> decisions) {
        Map<Origin, List<AttentionMatch>> matches = new HashMap<>();
        decisions.stream()
                .flatMap(d -> d.outcome() instanceof Outcome.Replaced r && r.found() instanceof AttentionMatch m
                        ? Stream.of(m)
                        : Stream.empty())
                .sorted(Comparator.comparingInt(m -> m.root().id()))
                .forEach(m -> matches.computeIfAbsent(m.softmax().origin().place(), o -> new LinkedList<>())
                        .add(m));
        Map<Node, WrittenAttention> written = new HashMap<>();
        for (Node node : after.nodes()) {
            List<AttentionMatch> here = matches.getOrDefault(node.origin().place(), List.of());
            Optional<AttentionMatch> match =
                    here.stream().filter(m -> m.fused().op().equals(node.op())).findFirst();
            match.ifPresent(m -> {
                written.put(node, of(before, m));
                here.remove(m); // One like it that comes later is another.
            });
        }
        return written;
    }

    private static WrittenAttention of(Graph graph, AttentionMatch match) {
        FoldLayout.Folded folded = FoldLayout.of(graph, match.fused(), match.root());
        SequencedSet<Node> nodes = new TreeSet<>(Comparator.comparingInt(Node::id));
        Deque<Node> open = new ArrayDeque<>(List.of(folded.root()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (isInside(node, match) && nodes.add(node)) {
                graph.operands(node).stream()
                        .filter(v -> !folded.call().operands().contains(v))
                        .forEach(v -> open.push(v.node()));
            }
        }
        List<CapturedPart> parts = new CollectParts(graph, match, folded.call(), nodes).parts();
        return new WrittenAttention(graph, nodes, folded, parts);
    }

    /** The values that the fused node reads, by slot. */
    public List<Value> operands() {
        return folded.call().operands();
    }

    private static boolean isInside(Node node, AttentionMatch match) {
        return node.op() instanceof Pointwise
                || node == match.softmax()
                || node == match.scores().product()
                || node == match.probabilities().product();
    }

    /** Whether an operand is read for {@code part}: by it, or by what it is computed from in place. */
    public boolean reads(CapturedPart part, Value operand) {
        Set<Node> reading = new HashSet<>(Set.of(operand.node()));
        for (Node node : nodes) {
            if (graph.operands(node).stream().anyMatch(v -> v.equals(operand) || reading.contains(v.node()))) {
                reading.add(node);
            }
        }
        return reading.contains(part.node());
    }
}
