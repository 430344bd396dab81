package heddle.compiler.ir.layout;

import java.util.ArrayList;
import java.util.List;

/** A layered drawing of an acyclic graph, with edges running down. All measures use one unit, for example pixels. */
public final class Layout {
    private static final double LAYER_GAP = 34;

    /** How large a vertex is drawn. */
    public record Size(double width, double height) {}

    /** A place; y grows downwards. */
    public record Point(double x, double y) {}

    private final Layered graph;
    private final List<Size> sizes;
    private final double[] x;
    private final double[] top;
    private final double[] height;

    /**
     * @param sizes    of the vertices
     * @param operands for each vertex, the earlier vertices that it has edges from
     */
    public Layout(List<Size> sizes, List<List<Integer>> operands) {
        this.sizes = List.copyOf(sizes);
        graph = new Layered(operands);
        new Barycentre(graph).order();
        x = new Placement(graph, sizes.stream().mapToDouble(Size::width).toArray()).place();
        top = new double[graph.layers().size()];
        height = new double[top.length];
        double y = 0;
        for (int layer = 0; layer < top.length; layer++) {
            top[layer] = y;
            height[layer] = graph.layers().get(layer).stream()
                    .filter(v -> v < sizes.size())
                    .mapToDouble(v -> sizes.get(v).height())
                    .max()
                    .orElse(0);
            y += height[layer] + LAYER_GAP;
        }
    }

    /** The middle of a vertex' upper side. */
    public Point top(int v) {
        int layer = graph.layerOf(v);
        return new Point(x[v], top[layer] + (height[layer] - sizes.get(v).height()) / 2);
    }

    /** The middle of a vertex' lower side. */
    public Point bottom(int v) {
        Point top = top(v);
        return new Point(top.x(), top.y() + sizes.get(v).height());
    }

    /** Where the edges from a vertex run together: its lower side, then in pairs the top and the bottom of each layer. */
    public List<Point> trunk(int from) {
        List<Point> points = new ArrayList<>();
        points.add(bottom(from));
        for (int lane : graph.lanes(from)) {
            int layer = graph.layerOf(lane);
            points.add(new Point(x[lane], top[layer]));
            points.add(new Point(x[lane], top[layer] + height[layer]));
        }
        return points;
    }

    /** Where an edge leaves the trunk, in the layer above its end. */
    public Point branch(int from, int to) {
        int layer = graph.layerOf(to) - 1;
        int crossed = layer - graph.layerOf(from);
        return crossed == 0 ? bottom(from) : new Point(x[graph.lanes(from)[crossed - 1]], top[layer] + height[layer]);
    }

    /** How large the drawing is. */
    public Size size() {
        double right = 0;
        for (int v = 0; v < x.length; v++) {
            right = Math.max(right, x[v] + (v < sizes.size() ? sizes.get(v).width() / 2 : 0));
        }
        double bottom = top.length == 0 ? 0 : top[top.length - 1] + height[top.length - 1];
        return new Size(right, bottom);
    }
}
