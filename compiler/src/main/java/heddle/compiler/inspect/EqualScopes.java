package heddle.compiler.inspect;

import heddle.compiler.ir.AttributeText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds scopes with equal contents: the same operations on operands at the same places, at each stage. Names of weights do not
 * count, nor what weights and constants are read through: both are drawn at the nodes that read them.
 */
final class EqualScopes {
    private final GraphHistory history;
    private final ScopeTree tree;

    EqualScopes(GraphHistory history, ScopeTree tree) {
        this.history = history;
        this.tree = tree;
    }

    void mark() {
        Map<String, NodeScope> first = new HashMap<>();
        for (NodeScope scope : tree.scopes()) {
            String contents = new Contents().of(scope);
            NodeScope equal = first.putIfAbsent(contents, scope);
            if (equal != null) {
                scope.isLike(equal);
            }
        }
    }

    /** What is in one scope, written with numbers that do not depend on where it stands. */
    private final class Contents {
        private final StringBuilder text = new StringBuilder();
        private final Map<Integer, Integer> numbers = new HashMap<>();
        private final List<Integer> nodes = new ArrayList<>();

        String of(NodeScope scope) {
            collect(scope);
            nodes.forEach(node -> numbers.put(node, numbers.size()));
            describe(scope);
            return text.toString();
        }

        private void collect(NodeScope scope) {
            scope.nodes().stream().filter(n -> !history.nodes().get(n).isPort()).forEach(nodes::add);
            scope.children().forEach(this::collect);
        }

        private void describe(NodeScope scope) {
            text.append(function(scope.name())).append(scope.sites()).append('{');
            for (int node : scope.nodes()) {
                HistoryNode h = history.nodes().get(node);
                if (!h.isPort()) {
                    describe(h);
                }
            }
            scope.children().forEach(this::describe);
            text.append('}');
        }

        private void describe(HistoryNode node) {
            text.append(node.alive());
            String before = "";
            for (HistoryNode.Version v : node.versions()) {
                String now = describe(v);
                if (!now.equals(before)) {
                    text.append(v.stage()).append(now);
                }
                before = now;
            }
            text.append(';');
        }

        private String describe(HistoryNode.Version version) {
            StringBuilder one = new StringBuilder(version.node().op().name());
            one.append(version.node().results());
            version.node().op().attributes().forEach((key, value) -> {
                if (!key.equals("name") && !key.equals("ordinal")) {
                    one.append(key).append('=').append(AttributeText.of(value)).append(',');
                }
            });
            version.operands().forEach(o -> one.append(operand(o)));
            return one.toString();
        }

        private String operand(HistoryNode.Operand operand) {
            HistoryNode read = history.nodes().get(operand.node());
            if (read.isPort()) {
                return " " + read.last().node().results();
            }
            // What comes from outside is told apart by the order in which it is read.
            int number = numbers.computeIfAbsent(operand.node(), n -> numbers.size());
            return " %" + number + "." + operand.result();
        }

        /** The function that a scope calls, without its iteration. */
        private static String function(String name) {
            int dot = name.indexOf('.');
            return dot < 0 ? name : name.substring(0, dot);
        }
    }
}
