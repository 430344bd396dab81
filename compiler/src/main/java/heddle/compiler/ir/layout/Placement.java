package heddle.compiler.ir.layout;

import java.util.ArrayList;
import java.util.List;

/**
 * Chooses horizontal positions. It moves each vertex towards the mean of its neighbours, and keeps the order and the
 * gaps of its layer. For one layer this is a least-squares fit under an order, which pooling adjacent violators solves
 * exactly (Ayer et al. 1955).
 */
final class Placement {
    private static final int SWEEPS = 16;
    private static final int STRAIGHTENING_SWEEPS = 4;
    private static final double GAP = 18;

    /** How much a lane resists being pushed aside, so that long edges run straight; a vertex resists with 1. */
    private static final double LANE_WEIGHT = 50;

    /** How much a vertex that only one other reads pulls: weights and constants go along, they do not lead. */
    private static final double LEAF_PULL = 0.05;

    private final Layered graph;
    private final double[] widths;
    private final double[] x;

    /** @param widths of the vertices; lanes have none */
    Placement(Layered graph, double[] widths) {
        this.graph = graph;
        this.widths = widths;
        this.x = new double[graph.size()];
    }

    /** Neighbouring vertices that want the same offset. */
    private record Pool(double sum, double weight, int count) {
        double at() {
            return sum / weight;
        }

        Pool with(Pool other) {
            return new Pool(sum + other.sum, weight + other.weight, count + other.count);
        }
    }

    /** The centre of each vertex and lane; the leftmost vertex begins at zero. */
    double[] place() {
        for (List<Integer> layer : graph.layers()) {
            place(layer, new double[layer.size()]);
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean down = sweep % 2 == 0;
            for (List<Integer> layer : down ? graph.layers() : graph.layers().reversed()) {
                place(layer, layer.stream().mapToDouble(v -> wanted(v, down)).toArray());
            }
        }
        for (int sweep = 0; sweep < STRAIGHTENING_SWEEPS; sweep++) {
            for (List<Integer> layer : graph.layers()) {
                place(layer, layer.stream().mapToDouble(this::straight).toArray());
            }
        }
        double left = Double.MAX_VALUE;
        for (int v = 0; v < x.length; v++) {
            left = Math.min(left, x[v] - width(v) / 2);
        }
        for (int v = 0; v < x.length; v++) {
            x[v] -= left;
        }
        return x;
    }

    private boolean isLane(int v) {
        return v >= widths.length;
    }

    private double width(int v) {
        return isLane(v) ? 0 : widths[v];
    }

    /** The mean of the neighbours on the side that was placed before, on both sides when it has none there. */
    private double wanted(int v, boolean down) {
        List<Integer> placed = down ? graph.above(v) : graph.below(v);
        return placed.isEmpty() ? mean(v, graph.above(v), graph.below(v)) : mean(v, placed, List.of());
    }

    /** Right under the lane above, for a lane; the mean of all neighbours otherwise. */
    private double straight(int v) {
        List<Integer> above = graph.above(v);
        return isLane(v) && isLane(above.getFirst()) ? x[above.getFirst()] : mean(v, above, graph.below(v));
    }

    private double mean(int v, List<Integer> some, List<Integer> others) {
        double sum = 0;
        double weight = 0;
        for (List<Integer> side : List.of(some, others)) {
            for (int neighbour : side) {
                double pull = isLeaf(neighbour) ? LEAF_PULL : 1;
                sum += pull * x[neighbour];
                weight += pull;
            }
        }
        return weight == 0 ? x[v] : sum / weight;
    }

    private boolean isLeaf(int v) {
        return graph.above(v).isEmpty() && graph.below(v).size() == 1;
    }

    private void place(List<Integer> layer, double[] wanted) {
        double[] offset = new double[layer.size()];
        for (int i = 1; i < offset.length; i++) {
            offset[i] = offset[i - 1] + (width(layer.get(i - 1)) + width(layer.get(i))) / 2 + GAP;
        }
        List<Pool> pools = new ArrayList<>();
        for (int i = 0; i < offset.length; i++) {
            double weight = isLane(layer.get(i)) ? LANE_WEIGHT : 1;
            Pool pool = new Pool((wanted[i] - offset[i]) * weight, weight, 1);
            while (!pools.isEmpty() && pools.getLast().at() > pool.at()) {
                pool = pools.removeLast().with(pool);
            }
            pools.add(pool);
        }
        int i = 0;
        for (Pool pool : pools) {
            for (int k = 0; k < pool.count(); k++, i++) {
                x[layer.get(i)] = pool.at() + offset[i];
            }
        }
    }
}
