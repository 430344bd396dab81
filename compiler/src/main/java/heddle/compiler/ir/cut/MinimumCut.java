package heddle.compiler.ir.cut;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jgrapht.alg.flow.PushRelabelMFImpl;
import org.jgrapht.graph.DefaultDirectedWeightedGraph;
import org.jgrapht.graph.DefaultWeightedEdge;

/**
 * The cheapest set of edges that separates a source from a sink. Capacities are whole numbers, so that every algorithm finds the
 * same cut.
 */
public final class MinimumCut {
    /** The capacity of an edge that no cut may have. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Sums below this are exact in doubles. */
    private static final double EXACT = 0x1p53;

    private record Edge(int from, int to, long capacity) {}

    private final int source;
    private final int sink;
    private final List<Edge> edges = new ArrayList<>();

    /** A network whose vertices are numbers. */
    public MinimumCut(int source, int sink) {
        this.source = source;
        this.sink = sink;
    }

    /** Adds an edge; one of capacity zero is as none. */
    public void edge(int from, int to, long capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("an edge of capacity " + capacity);
        }
        edges.add(new Edge(from, to, capacity));
    }

    /**
     * The vertices on the side of the source, as few as there can be.
     *
     * @throws IllegalStateException when source and sink cannot be separated
     */
    public BitSet sourceSide() {
        double all = 0;
        for (Edge e : edges) {
            all += e.capacity == NEVER ? 0 : e.capacity;
        }
        // Coarser capacities, where their sum would not be exact.
        int shift = Math.max(0, Math.getExponent(all) - Math.getExponent(EXACT) + 2);
        double never = 1;
        for (Edge e : edges) {
            never += e.capacity == NEVER ? 0 : e.capacity >> shift;
        }
        DefaultDirectedWeightedGraph<Integer, DefaultWeightedEdge> graph =
                new DefaultDirectedWeightedGraph<>(DefaultWeightedEdge.class);
        graph.addVertex(source);
        graph.addVertex(sink);
        for (Edge e : edges) {
            graph.addVertex(e.from);
            graph.addVertex(e.to);
            double capacity = e.capacity == NEVER ? never : e.capacity >> shift;
            DefaultWeightedEdge known = graph.getEdge(e.from, e.to);
            if (known == null) {
                graph.setEdgeWeight(graph.addEdge(e.from, e.to), capacity);
            } else {
                graph.setEdgeWeight(known, Math.min(never, graph.getEdgeWeight(known) + capacity));
            }
        }
        PushRelabelMFImpl<Integer, DefaultWeightedEdge> flow = new PushRelabelMFImpl<>(graph);
        if (flow.calculateMinCut(source, sink) >= never) {
            throw new IllegalStateException("source and sink cannot be separated");
        }
        BitSet side = new BitSet();
        flow.getSourcePartition().forEach(side::set);
        return side;
    }
}
