package heddle.compiler.inspect;

import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.pass.Pipeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;

/** One graph of all nodes that a model had at any stage: as written, and after each pass. */
public final class GraphHistory {
    /** The name of the first stage. */
    public static final String AS_WRITTEN = "as written";

    /**
     * A graph on its way through the passes.
     *
     * @param name      the pass, numbered where it runs more than once
     * @param decisions of the pass' rules
     */
    public record Stage(String name, Graph graph, List<Decision> decisions) {
        public Stage {
            decisions = List.copyOf(decisions);
        }
    }

    private final List<Stage> stages;
    private final List<HistoryNode> nodes = new ArrayList<>();
    private final List<Map<String, Integer>> byPath = new ArrayList<>();
    private final Map<String, HistoryNode> known = new HashMap<>();

    private GraphHistory(List<Stage> stages) {
        this.stages = List.copyOf(stages);
        for (int stage = 0; stage < stages.size(); stage++) {
            follow(stage);
        }
    }

    /** The history of a pipeline's run. */
    public static GraphHistory of(Pipeline.Result passes) {
        List<Stage> stages = new ArrayList<>();
        stages.add(new Stage(AS_WRITTEN, passes.given(), List.of()));
        passes.steps().forEach(s -> stages.add(new Stage(s.pass(), s.graph(), s.decisions())));
        return new GraphHistory(stages);
    }

    public List<Stage> stages() {
        return stages;
    }

    /** All nodes, in the order in which stages have them first. The position is the node's number. */
    public List<HistoryNode> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** The node that {@code node} is, which may be of a graph between two stages. */
    public Optional<HistoryNode> find(Node node) {
        return Optional.ofNullable(known.get(key(node)));
    }

    private static String key(Node node) {
        return node.path() + " " + node.op().name();
    }

    private void follow(int stage) {
        Stage now = stages.get(stage);
        Map<String, Decision> replaced = new HashMap<>();
        for (Decision d : now.decisions()) {
            if (d.outcome() instanceof Outcome.Replaced r) {
                r.with().forEach(v -> replaced.putIfAbsent(key(v.node()), d));
            }
        }
        Map<String, Integer> paths = new LinkedHashMap<>();
        for (Node node : now.graph().nodes()) {
            HistoryNode same = known.get(key(node));
            if (same == null) {
                Optional<HistoryNode.Made> made =
                        stage == 0 ? Optional.empty() : Optional.of(made(stage, node, replaced));
                same = new HistoryNode(nodes.size(), made);
                nodes.add(same);
                known.put(key(node), same);
            }
            same.add(new HistoryNode.Version(stage, node, operands(now.graph(), node)));
            paths.put(node.path(), same.id());
        }
        byPath.add(paths);
    }

    private List<HistoryNode.Operand> operands(Graph graph, Node node) {
        List<HistoryNode.Operand> operands = new ArrayList<>();
        for (Value v : graph.operands(node)) {
            operands.add(new HistoryNode.Operand(known.get(key(v.node())).id(), v.index()));
        }
        return operands;
    }

    /** What a new node stands for: what a rule says, else the node that had its path, or the path that it is a part of. */
    private HistoryNode.Made made(int stage, Node node, Map<String, Decision> replaced) {
        SequencedSet<Integer> from = new TreeSet<>();
        Decision decision = replaced.get(key(node));
        if (decision != null && decision.outcome() instanceof Outcome.Replaced r) {
            r.covered().forEach(old -> find(old).map(HistoryNode::id).ifPresent(from::add));
        }
        Map<String, Integer> before = byPath.get(stage - 1);
        for (String path = node.path(); from.isEmpty() && !path.isEmpty(); path = whole(path)) {
            if (before.containsKey(path)) {
                from.add(before.get(path));
            }
        }
        String rule = decision == null ? stages.get(stage).name() : decision.rule();
        return new HistoryNode.Made(stage, rule, from);
    }

    /** {@code div#2} for {@code div#2.cast}; empty for what is no part. */
    private static String whole(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('#') && path.lastIndexOf('#') > path.lastIndexOf(':')
                ? path.substring(0, dot)
                : "";
    }
}
