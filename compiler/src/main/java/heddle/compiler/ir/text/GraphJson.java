package heddle.compiler.ir.text;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.source.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a graph as JSON, one node a line, with keys always in the same order:
 *
 * <pre>
 * {"name": "tiny",
 *  "nodes": [
 *   {"id": 0, "op": "input", "category": "input", "attributes": {"name": "x"}, "operands": [],
 *    "results": [{"dtype": "f32", "shape": ["B", 4]}], "path": "input#1", "scope": "",
 *    "places": ["tiny.heddle:2:7"]}
 *  ],
 *  "outputs": [
 *   {"name": "y", "node": 0, "result": 0}
 *  ]}
 * </pre>
 *
 * Lengths that are not numbers are strings, and so are {@code inf}, {@code -inf} and {@code nan}. Places are listed
 * innermost first.
 */
public final class GraphJson {
    private GraphJson() {}

    public static String print(Graph graph) {
        String nodes = graph.nodes().stream()
                .map(n -> "  " + JsonText.of(node(graph, n)))
                .collect(Collectors.joining(",\n"));
        String outputs = graph.outputs().entrySet().stream()
                .map(o -> "  " + JsonText.of(output(o.getKey(), o.getValue())))
                .collect(Collectors.joining(",\n"));
        return "{\"name\": " + JsonText.of(graph.name()) + ",\n \"nodes\": [\n" + nodes + "\n ],\n \"outputs\": [\n"
                + outputs + "\n ]}\n";
    }

    private static Map<String, Object> node(Graph graph, Node node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", node.id());
        json.put("op", node.op().name());
        json.put("category", node.op().category().name().toLowerCase(Locale.ROOT));
        Map<String, Object> attributes = new LinkedHashMap<>();
        node.op().attributes().forEach((key, value) -> attributes.put(key, attribute(value)));
        json.put("attributes", attributes);
        json.put("operands", graph.operands(node).stream().map(GraphJson::value).toList());
        json.put("results", node.results().stream().map(GraphJson::type).toList());
        json.put("path", node.path());
        json.put("scope", node.origin().scope());
        json.put("places", node.origin().spans().stream().map(Span::toString).toList());
        return json;
    }

    private static Map<String, Object> output(String name, Value value) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.putAll(value(value));
        return json;
    }

    private static Map<String, Object> value(Value value) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", value.node().id());
        json.put("result", value.index());
        return json;
    }

    private static Map<String, Object> type(TensorType type) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dtype", type.dtype().text());
        json.put("shape", attribute(type.shape()));
        return json;
    }

    private static Object attribute(Object value) {
        return switch (value) {
            case Shape shape -> attribute(shape.dims());
            case List<?> list -> list.stream().map(GraphJson::attribute).toList();
            case Dim dim -> dim.isKnown() ? (Object) dim.value() : dim.toString();
            default -> value;
        };
    }
}
