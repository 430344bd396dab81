package heddle.compiler.ir.drawing;

import heddle.compiler.ir.AttributeText;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.ir.Value;
import heddle.compiler.ir.layout.Layout;
import heddle.compiler.ir.text.GraphText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A box of a drawing: an operation, a weight or constant beside one operation that reads it, or an output.
 *
 * @param label    what it is
 * @param detail   its type; not drawn in a small box
 * @param title    the tooltip
 * @param isSmall  whether it is drawn as a pill of one line
 * @param operands edges from earlier boxes
 */
record DrawnBox(OpCategory category, String label, String detail, String title, boolean isSmall, List<Edge> operands) {
    static final double SMALL_LETTER = 6;
    private static final double LETTER = 8.2;
    private static final int LONGEST_LABEL = 34;

    /** An edge from the box at a position. */
    record Edge(int from, String title) {}

    /** All boxes of a graph, operands first. */
    static List<DrawnBox> of(Graph graph) {
        List<DrawnBox> boxes = new ArrayList<>();
        Map<Node, Integer> positions = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (!isLeaf(node)) {
                List<Edge> operands = edges(graph, graph.operands(node), positions, boxes);
                positions.put(node, boxes.size());
                boxes.add(of(graph, node, operands, false));
            }
        }
        graph.outputs().forEach((name, value) -> {
            List<Edge> operand = edges(graph, List.of(value), positions, boxes);
            boxes.add(new DrawnBox(OpCategory.INPUT, "→ " + name, "", name + " : " + value.type(), true, operand));
        });
        return boxes;
    }

    private static boolean isLeaf(Node node) {
        return node.op().category() == OpCategory.WEIGHT || node.op().category() == OpCategory.CONSTANT;
    }

    /** Edges from these values; leaves among them get boxes of their own. */
    private static List<Edge> edges(
            Graph graph, List<Value> values, Map<Node, Integer> positions, List<DrawnBox> boxes) {
        List<Edge> edges = new ArrayList<>();
        for (Value v : values) {
            int from = isLeaf(v.node()) ? boxes.size() : positions.get(v.node());
            if (isLeaf(v.node())) {
                boxes.add(of(graph, v.node(), List.of(), true));
            }
            edges.add(new Edge(from, v + " : " + v.type()));
        }
        return edges;
    }

    private static DrawnBox of(Graph graph, Node node, List<Edge> operands, boolean isSmall) {
        Map<String, Object> attributes = node.op().attributes();
        String types =
                String.join(", ", node.results().stream().map(Object::toString).toList());
        String label = isSmall || node.op().category() == OpCategory.INPUT
                ? attributes.values().stream()
                        .findFirst()
                        .map(DrawnBox::plain)
                        .orElse(node.op().name())
                : node.op().name();
        return new DrawnBox(
                node.op().category(), shortened(label), types, GraphText.line(graph, node), isSmall, operands);
    }

    private static String plain(Object attribute) {
        return switch (attribute) {
            case String s -> s;
            case List<?> list -> list.size() == 1 ? plain(list.getFirst()) : AttributeText.of(attribute);
            default -> AttributeText.of(attribute);
        };
    }

    /** The end of a long name says more than its beginning. */
    private static String shortened(String label) {
        return label.length() <= LONGEST_LABEL ? label : "…" + label.substring(label.length() - LONGEST_LABEL + 1);
    }

    Layout.Size size() {
        return isSmall
                ? new Layout.Size(Math.max(26, label.length() * SMALL_LETTER + 14), 18)
                : new Layout.Size(
                        Math.max(70, Math.max(label.length() * LETTER, detail.length() * SMALL_LETTER) + 20), 40);
    }
}
