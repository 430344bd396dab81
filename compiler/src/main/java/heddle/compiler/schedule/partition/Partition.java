package heddle.compiler.schedule.partition;

import heddle.compiler.ir.Anchor;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Given;
import heddle.compiler.op.Length;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.layout.Reshape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The result of kernel fusion: which nodes one kernel computes together, and which results are stored. A node that is
 * neither stored nor in a region is pointwise, and computed where it is read.
 *
 * @param kernels by the node whose result the kernel stores, in the order they run
 */
public record Partition(Map<Node, Region> kernels) {
    /** Whether the results of {@code node} lie in buffers. */
    public boolean isStored(Node node) {
        return isGiven(node) || kernels.containsKey(node);
    }

    /** Whether the result of {@code node} exists before anything runs. */
    public static boolean isGiven(Node node) {
        return node.op() instanceof Given || (node.op() instanceof Constant c && !c.isSplat());
    }

    /** Whether {@code node} is a number that needs no buffer. */
    public static boolean isNumber(Node node) {
        return node.op() instanceof Length || node.op() instanceof Constant;
    }

    private static Partition of(List<Region> regions) {
        Map<Node, Region> kernels = new LinkedHashMap<>();
        regions.stream().sorted(Comparator.comparingInt(r -> r.root().id())).forEach(r -> kernels.put(r.root(), r));
        return new Partition(kernels);
    }

    /** One kernel for each node, to measure the gain of fusion. Reshapes of stored values need no kernel. */
    public static Partition unfused(Graph graph) {
        StoredOutputs outputs = StoredOutputs.of(graph);
        List<Region> regions = new ArrayList<>();
        for (Node node : graph.nodes()) {
            boolean free = isGiven(node) || isNumber(node) || node.op() instanceof Reshape;
            if (!free || outputs.needsCopy(node)) {
                regions.add(node.op() instanceof Pointwise ? Region.map(node) : Region.of(node));
            }
        }
        return of(regions);
    }

    /**
     * Kernels as large as they are good for.
     *
     * @param keepsPacked whether matrices of weights stay as they are held in their file
     */
    public static Partition fused(Graph graph, boolean keepsPacked) {
        List<Region> regions = new ArrayList<>();
        Set<Node> taken = new HashSet<>();
        GrowRegion grow = new GrowRegion(graph, taken);
        for (Node node : graph.nodes()) {
            if (taken.contains(node) || isGiven(node) || node.op() instanceof Pointwise) {
                continue;
            }
            Region region = node.op() instanceof Anchor ? grow.from(node) : Region.of(node);
            taken.addAll(region.nodes());
            regions.add(region);
        }
        new ChooseStored(graph, regions, keepsPacked).chosen().forEach(node -> regions.add(Region.map(node)));
        return of(regions);
    }
}
