package heddle.compiler.ir.text;

import heddle.compiler.ir.AttributeText;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The text form of graphs, which {@link GraphReader} reads back:
 *
 * <pre>
 * graph tiny {
 *   %0 = input {name = "x"} : f32[B, 4]  // input#1 tiny.heddle:2:7
 *   %1 = softmax(%0) {axis = 1} : f32[B, 4]  // layer.0/attention:softmax#1 tiny.heddle:4:9
 *   output y = %1
 * }
 * </pre>
 *
 * A comment after a node is its origin: its path, and of the source places the innermost. A node that no source asked for
 * has none.
 */
public final class GraphText {
    private GraphText() {}

    /** The whole graph, each line with a line break. */
    public static String print(Graph graph) {
        StringBuilder out = new StringBuilder();
        out.append("graph ").append(name(graph.name())).append(" {\n");
        for (Node node : graph.nodes()) {
            out.append("  ").append(line(graph, node)).append('\n');
        }
        graph.outputs()
                .forEach((name, value) -> out.append("  output ")
                        .append(name(name))
                        .append(" = ")
                        .append(value)
                        .append('\n'));
        return out.append("}\n").toString();
    }

    /** One node: {@code %7 = contract(%3, %6) {equation = "bnk,km->bnm"} : f32[B, N, 384]  // linear:contract#1 a.heddle:12:5}. */
    public static String line(Graph graph, Node node) {
        List<Value> operands = graph.operands(node);
        String read = operands.isEmpty()
                ? ""
                : operands.stream().map(Value::toString).collect(Collectors.joining(", ", "(", ")"));
        String attributes = AttributeText.of(node.op().attributes());
        String types = node.results().stream().map(TensorType::toString).collect(Collectors.joining(", "));
        String origin = origin(node.origin());
        return "%" + node.id() + " = " + node.op().name() + read + (attributes.isEmpty() ? "" : " " + attributes)
                + (types.isEmpty() ? "" : " : " + types) + (origin.isEmpty() ? "" : "  // " + origin);
    }

    /** {@code layer.0/linear:contract#1 minilm.heddle:12:5}; empty for a node that no source asked for. */
    public static String origin(Origin origin) {
        if (!origin.isWritten()) {
            return "";
        }
        String place = origin.spans().isEmpty() ? "" : origin.spans().getFirst().toString();
        return (origin.path() + " " + place).strip();
    }

    /** A name, unchanged if it can be read back like that, otherwise in quotes. */
    private static String name(String text) {
        return TextCursor.isName(text) ? text : AttributeText.quoted(text);
    }
}
