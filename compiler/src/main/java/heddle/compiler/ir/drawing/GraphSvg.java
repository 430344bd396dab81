package heddle.compiler.ir.drawing;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.ir.layout.Layout;
import heddle.compiler.ir.layout.Layout.Point;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws a graph as a self-contained SVG file. Operations are boxes coloured by category, with operands above the
 * operations that read them. Weights and constants are small boxes, repeated beside each operation that reads them. The
 * tooltip of a box is the node's line in the text form; the tooltip of an edge is the type of its value.
 */
public final class GraphSvg {
    private static final double MARGIN = 24;
    private static final double HEADER = 44;
    private static final double PORT_GAP = 14;

    private final Graph graph;
    private final List<DrawnBox> boxes;
    private final Layout layout;
    private final StringBuilder out = new StringBuilder();

    private GraphSvg(Graph graph) {
        this.graph = graph;
        this.boxes = DrawnBox.of(graph);
        this.layout = new Layout(
                boxes.stream().map(DrawnBox::size).toList(),
                boxes.stream()
                        .map(b -> b.operands().stream().map(DrawnBox.Edge::from).toList())
                        .toList());
    }

    public static String print(Graph graph) {
        return new GraphSvg(graph).draw();
    }

    private String draw() {
        Layout.Size size = layout.size();
        double width = Math.max(size.width(), 640) + 2 * MARGIN;
        double height = size.height() + HEADER + 2 * MARGIN;
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\">",
                number(width), number(height), number(width), number(height));
        line("<title>%s</title>", escaped(graph.name()));
        out.append(STYLE);
        line("<rect class=\"page\" width=\"100%%\" height=\"100%%\"/>");
        header();
        line("<g transform=\"translate(%s %s)\">", number(MARGIN), number(MARGIN + HEADER));
        for (int b = 0; b < boxes.size(); b++) {
            trunk(b);
            edges(b);
        }
        for (int b = 0; b < boxes.size(); b++) {
            box(boxes.get(b), layout.top(b));
        }
        line("</g>");
        line("</svg>");
        return out.toString();
    }

    private void header() {
        line(
                "<text class=\"name\" x=\"%s\" y=\"30\">%s</text>",
                number(MARGIN), escaped(graph.name() + ", " + graph.nodes().size() + " nodes"));
        double x = MARGIN;
        List<OpCategory> present = Arrays.stream(OpCategory.values())
                .filter(k -> graph.nodes().stream().anyMatch(n -> n.op().category() == k))
                .toList();
        for (OpCategory category : present) {
            String label = category.name().toLowerCase(Locale.ROOT);
            line(
                    "<rect x=\"%s\" y=\"42\" width=\"11\" height=\"11\" rx=\"3\" fill=\"%s\" stroke=\"%s\"/>",
                    number(x), category.fill(), category.line());
            line("<text class=\"type\" x=\"%s\" y=\"51\">%s</text>", number(x + 16), label);
            x += 30 + DrawnBox.SMALL_LETTER * label.length();
        }
    }

    /** The edges into a box, from where each leaves the trunk of its operand. */
    private void edges(int to) {
        // Operands come in side by side, in the order they stand in above.
        List<DrawnBox.Edge> operands = boxes.get(to).operands().stream()
                .sorted(Comparator.comparingDouble(
                        e -> layout.branch(e.from(), to).x()))
                .toList();
        for (int i = 0; i < operands.size(); i++) {
            DrawnBox.Edge edge = operands.get(i);
            double x = layout.top(to).x() + (i - (operands.size() - 1) / 2.0) * PORT_GAP;
            Point end = new Point(x, layout.top(to).y());
            edge(List.of(layout.branch(edge.from(), to), end), edge.title());
            line("<path class=\"tip\" d=\"M%s l-3.5 -6 h7 z\"/>", at(end));
        }
    }

    private void trunk(int box) {
        List<Point> points = layout.trunk(box);
        if (points.size() > 1) {
            edge(points, boxes.get(box).title());
        }
    }

    private void edge(List<Point> points, String title) {
        line("<path class=\"edge\" d=\"%s\"><title>%s</title></path>", path(points), escaped(title));
    }

    /** Curves from layer to layer, straight lines through a layer. */
    private static String path(List<Point> points) {
        StringBuilder d = new StringBuilder("M" + at(points.getFirst()));
        for (int i = 1; i < points.size(); i += 2) {
            Point from = points.get(i - 1);
            Point to = points.get(i);
            if (at(from).equals(at(new Point(to.x(), from.y())))) {
                d.append(" V").append(number(to.y()));
            } else {
                double middle = (from.y() + to.y()) / 2;
                d.append(" C").append(at(new Point(from.x(), middle)));
                d.append(' ').append(at(new Point(to.x(), middle)));
                d.append(' ').append(at(to));
            }
            if (i + 1 < points.size()) {
                d.append(" V").append(number(points.get(i + 1).y()));
            }
        }
        return d.toString();
    }

    private void box(DrawnBox box, Point top) {
        double width = box.size().width();
        double height = box.size().height();
        line("<g class=\"%s\"><title>%s</title>", box.isSmall() ? "small" : "node", escaped(box.title()));
        line(
                "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\" fill=\"%s\" stroke=\"%s\"/>",
                number(top.x() - width / 2),
                number(top.y()),
                number(width),
                number(height),
                box.isSmall() ? number(height / 2) : "7",
                box.category().fill(),
                box.category().line());
        double y = top.y() + (box.isSmall() ? 12.5 : 17);
        line("<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>", "op", number(top.x()), number(y), escaped(box.label()));
        if (!box.isSmall()) {
            line(
                    "<text class=\"type middle\" x=\"%s\" y=\"%s\">%s</text>",
                    number(top.x()), number(y + 15), escaped(box.detail()));
        }
        line("</g>");
    }

    private void line(String format, Object... args) {
        out.append(format.formatted(args)).append('\n');
    }

    private static String at(Point p) {
        return number(p.x()) + " " + number(p.y());
    }

    /** A tenth is as fine as anybody sees. */
    private static String number(double value) {
        double tenths = Math.round(value * 10) / 10.0;
        return tenths == Math.rint(tenths) ? String.valueOf((long) tenths) : String.valueOf(tenths);
    }

    private static String escaped(String text) {
        return text.chars()
                .mapToObj(c -> switch (c) {
                    case '<' -> "&lt;";
                    case '>' -> "&gt;";
                    case '&' -> "&amp;";
                    case '"' -> "&quot;";
                    default -> c < ' ' && c != '\n' ? "\uFFFD" : Character.toString(c);
                })
                .collect(Collectors.joining());
    }

    private static final String STYLE = """
            <style>
              text { font-family: ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1c1c22 }
              .page { fill: #ffffff }
              .name { font-size: 17px; font-weight: 600 }
              .op { font-size: 13px; font-weight: 600; text-anchor: middle }
              .small .op { font-size: 10px; font-weight: 400; fill: #55555f }
              .type { font-size: 10.5px; fill: #55555f }
              .middle { text-anchor: middle }
              .edge { fill: none; stroke: #9a9aa6; stroke-width: 1.3 }
              .edge:hover { stroke: #b0207a; stroke-width: 2.6 }
              .tip { fill: #9a9aa6 }
              .node rect { stroke-width: 1.4 }
              .node:hover rect, .small:hover rect { stroke-width: 2.6 }
            </style>
            """;
}
