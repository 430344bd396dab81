package heddle.compiler.ir.layout;

import java.util.Comparator;
import java.util.List;

/**
 * Orders the vertices of each layer so that few edges cross. It sorts vertices by the mean position of their
 * neighbours, in alternating sweeps down and up.
 */
final class Barycentre {
    private static final int SWEEPS = 12;

    private final Layered graph;
    private final double[] position;

    Barycentre(Layered graph) {
        this.graph = graph;
        this.position = new double[graph.size()];
        graph.layers().forEach(this::number);
    }

    /** Reorders {@link Layered#layers} in place. */
    void order() {
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean down = sweep % 2 == 0;
            for (List<Integer> layer : down ? graph.layers() : graph.layers().reversed()) {
                double[] key = new double[layer.size()];
                for (int i = 0; i < key.length; i++) {
                    int v = layer.get(i);
                    key[i] = mean(down ? graph.above(v) : graph.below(v), position[v]);
                }
                for (int i = 0; i < key.length; i++) {
                    position[layer.get(i)] = key[i];
                }
                layer.sort(Comparator.comparingDouble(v -> position[v]));
                number(layer);
            }
        }
    }

    private void number(List<Integer> layer) {
        for (int i = 0; i < layer.size(); i++) {
            position[layer.get(i)] = i;
        }
    }

    private double mean(List<Integer> neighbours, double otherwise) {
        return neighbours.stream().mapToDouble(v -> position[v]).average().orElse(otherwise);
    }
}
