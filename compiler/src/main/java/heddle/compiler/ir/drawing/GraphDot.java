package heddle.compiler.ir.drawing;

import heddle.compiler.ir.AttributeText;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.ir.Value;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.type.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** A graph in the DOT language, for Graphviz: {@code dot -Tsvg}. Nodes that are outputs have a double outline. */
public final class GraphDot {
    private GraphDot() {}

    public static String print(Graph graph) {
        Map<Node, List<String>> outputs = graph.outputs().entrySet().stream()
                .collect(Collectors.groupingBy(
                        o -> o.getValue().node(), Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        StringBuilder out = new StringBuilder("digraph " + AttributeText.quoted(graph.name()) + " {\n");
        for (Node node : graph.nodes()) {
            out.append("  n" + node.id() + vertex(graph, node, outputs.getOrDefault(node, List.of())) + ";\n");
        }
        for (Node node : graph.nodes()) {
            for (int slot = 0; slot < graph.operands(node).size(); slot++) {
                Value operand = graph.operands(node).get(slot);
                out.append("  n" + operand.node().id() + " -> n" + node.id() + edge(operand, slot) + ";\n");
            }
        }
        return out + "}\n";
    }

    private static String vertex(Graph graph, Node node, List<String> outputs) {
        OpCategory category = node.op().category();
        String types = node.results().stream().map(TensorType::toString).collect(Collectors.joining(", "));
        String named = outputs.isEmpty() ? "" : "\n→ " + String.join(", ", outputs);
        SequencedMap<String, String> attributes = new LinkedHashMap<>();
        attributes.put("label", node.op().name() + "\n" + types + named);
        attributes.put("tooltip", GraphText.line(graph, node));
        attributes.put("shape", "box");
        attributes.put("style", "rounded,filled");
        attributes.put("fillcolor", category.fill());
        attributes.put("color", category.line());
        attributes.put("peripheries", outputs.isEmpty() ? "1" : "2");
        return text(attributes);
    }

    private static String edge(Value operand, int slot) {
        SequencedMap<String, String> attributes = new LinkedHashMap<>();
        attributes.put("tooltip", operand + " : " + operand.type());
        attributes.put("headlabel", slot == 0 ? "" : String.valueOf(slot));
        return text(attributes);
    }

    private static String text(SequencedMap<String, String> attributes) {
        return attributes.entrySet().stream()
                .map(a -> a.getKey() + "=" + AttributeText.quoted(a.getValue()))
                .collect(Collectors.joining(" ", " [ ", " ]"));
    }
}
