package heddle.compiler.ir;

import heddle.compiler.type.TensorType;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jgrapht.nio.Attribute;
import org.jgrapht.nio.DefaultAttribute;
import org.jgrapht.nio.dot.DOTExporter;

/** A graph in the DOT language, for Graphviz: {@code dot -Tsvg}. Nodes that are outputs have a double outline. */
public final class GraphDot {
    private GraphDot() {}

    public static String print(Graph graph) {
        Map<Node, List<String>> outputs = graph.outputs().entrySet().stream()
                .collect(Collectors.groupingBy(
                        o -> o.getValue().node(), Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        DOTExporter<Node, Graph.Use> exporter = new DOTExporter<>(n -> "n" + n.id());
        exporter.setGraphIdProvider(() -> AttributeText.quoted(graph.name()));
        exporter.setVertexAttributeProvider(n -> vertex(graph, n, outputs.getOrDefault(n, List.of())));
        exporter.setEdgeAttributeProvider(use -> edge(graph, use));
        StringWriter out = new StringWriter();
        exporter.exportGraph(graph.dag(), out);
        return out.toString();
    }

    private static Map<String, Attribute> vertex(Graph graph, Node node, List<String> outputs) {
        OpCategory category = node.op().category();
        String types = node.results().stream().map(TensorType::toString).collect(Collectors.joining(", "));
        String named = outputs.isEmpty() ? "" : "\n→ " + String.join(", ", outputs);
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        put(attributes, "label", node.op().name() + "\n" + types + named);
        put(attributes, "tooltip", GraphText.line(graph, node));
        put(attributes, "shape", "box");
        put(attributes, "style", "rounded,filled");
        put(attributes, "fillcolor", category.fill());
        put(attributes, "color", category.line());
        put(attributes, "peripheries", outputs.isEmpty() ? "1" : "2");
        return attributes;
    }

    private static Map<String, Attribute> edge(Graph graph, Graph.Use use) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        Node from = graph.dag().getEdgeSource(use);
        put(
                attributes,
                "tooltip",
                new Value(from, use.result) + " : " + from.results().get(use.result));
        put(attributes, "headlabel", use.slot == 0 ? "" : String.valueOf(use.slot));
        return attributes;
    }

    private static void put(Map<String, Attribute> attributes, String key, String value) {
        attributes.put(key, DefaultAttribute.createAttribute(value));
    }
}
