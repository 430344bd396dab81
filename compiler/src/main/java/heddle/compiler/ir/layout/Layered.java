package heddle.compiler.ir.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A graph whose vertices are in layers, with edges from one layer to the next. An edge that crosses layers runs through
 * lanes, which are thin vertices. All edges from one vertex share its lanes.
 */
final class Layered {
    private final List<List<Integer>> layers = new ArrayList<>();
    private final List<List<Integer>> above = new ArrayList<>();
    private final List<List<Integer>> below = new ArrayList<>();
    private final List<Integer> layerOf = new ArrayList<>();
    private final int[][] lanes;

    /**
     * @param operands for each vertex, the earlier vertices that it has edges from
     */
    Layered(List<List<Integer>> operands) {
        int count = operands.size();
        for (int layer : layers(operands)) {
            add(layer);
        }
        lanes = new int[count][];
        for (int v = 0; v < count; v++) {
            lanes[v] = new int[] {v};
        }
        for (int v = 0; v < count; v++) {
            for (int from : operands.get(v)) {
                connect(lane(from, layerOf.get(v) - 1), v);
            }
        }
    }

    /** The longest path from a source; a source stands right above the first that reads it. */
    private static int[] layers(List<List<Integer>> operands) {
        int[] layer = new int[operands.size()];
        int[] firstUse = new int[operands.size()];
        Arrays.fill(firstUse, Integer.MAX_VALUE);
        for (int v = 0; v < layer.length; v++) {
            for (int from : operands.get(v)) {
                layer[v] = Math.max(layer[v], layer[from] + 1);
            }
            for (int from : operands.get(v)) {
                firstUse[from] = Math.min(firstUse[from], layer[v]);
            }
        }
        for (int v = 0; v < layer.length; v++) {
            if (operands.get(v).isEmpty() && firstUse[v] < Integer.MAX_VALUE) {
                layer[v] = firstUse[v] - 1;
            }
        }
        return layer;
    }

    private int add(int layer) {
        while (layers.size() <= layer) {
            layers.add(new ArrayList<>());
        }
        int v = layerOf.size();
        layers.get(layer).add(v);
        layerOf.add(layer);
        above.add(new ArrayList<>());
        below.add(new ArrayList<>());
        return v;
    }

    private void connect(int from, int to) {
        below.get(from).add(to);
        above.get(to).add(from);
    }

    /** The lane of {@code from} in a layer at or below it. Makes it, and all lanes on the way, if needed. */
    private int lane(int from, int layer) {
        int length = layer - layerOf.get(from);
        int known = lanes[from].length;
        if (length >= known) {
            lanes[from] = Arrays.copyOf(lanes[from], length + 1);
            for (int i = known; i <= length; i++) {
                lanes[from][i] = add(layerOf.get(from) + i);
                connect(lanes[from][i - 1], lanes[from][i]);
            }
        }
        return lanes[from][length];
    }

    /** The lanes of a vertex, one in each layer below it down to the last that an edge crosses. */
    int[] lanes(int v) {
        return Arrays.copyOfRange(lanes[v], 1, lanes[v].length);
    }

    /** Vertices and lanes of each layer, left to right. */
    List<List<Integer>> layers() {
        return layers;
    }

    int layerOf(int v) {
        return layerOf.get(v);
    }

    /** Neighbours in the layer above, one for each edge. */
    List<Integer> above(int v) {
        return above.get(v);
    }

    /** Neighbours in the layer below, one for each edge. */
    List<Integer> below(int v) {
        return below.get(v);
    }

    /** How many vertices and lanes there are. */
    int size() {
        return layerOf.size();
    }
}
