package heddle.compiler.schedule.partition;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.ContractionAxes;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Grows the region of a contraction, or of a reduction or softmax, downwards. The region includes pointwise nodes with
 * one element for each of the anchor's, and further reductions along the same rows.
 *
 * <pre>
 * contract → add bias → gelu → add residual          one kernel
 * sum → div → sub → mul → sum → … → mul → add        one kernel: layer normalisation
 * </pre>
 *
 * Outside nodes may read only one node of a region, its last. The largest such region that the anchor's loops can
 * compute is chosen. Because every path out leads through that last node, no outside node can both depend on the region
 * and be needed inside it.
 */
final class GrowRegion {
    /** Larger regions make kernels that no longer fit the instruction cache; deep graphs are cut here. */
    private static final int MAX_NODES = 64;

    private final Graph graph;
    private final Set<Node> taken;
    private final Set<Node> outputs = new HashSet<>();

    /** @param taken the nodes of other regions */
    GrowRegion(Graph graph, Set<Node> taken) {
        this.graph = graph;
        this.taken = taken;
        graph.outputs().values().forEach(v -> outputs.add(v.node()));
    }

    /** The region of {@code anchor}: at least that node itself. */
    Region from(Node anchor) {
        Optional<RowDomain> rows =
                RowDomain.isAnchor(anchor) ? Optional.of(RowDomain.of(graph, anchor)) : Optional.empty();
        List<Region> candidates = candidates(anchor, rows);
        for (Region candidate : candidates.reversed()) {
            if (rows.isPresent() ? isComputable(candidate, rows.get()) : isComputable(candidate)) {
                return candidate;
            }
        }
        return Region.of(anchor);
    }

    /** Regions of one way out, smallest first. */
    private List<Region> candidates(Node anchor, Optional<RowDomain> rows) {
        List<Region> found = new ArrayList<>();
        SequencedSet<Node> nodes = new LinkedHashSet<>(List.of(anchor));
        List<Node> anchors = new ArrayList<>(List.of(anchor));
        PriorityQueue<Node> next = new PriorityQueue<>(Comparator.comparingInt(Node::id));
        next.addAll(graph.users(anchor));
        while (!next.isEmpty() && nodes.size() < MAX_NODES) {
            Node node = next.poll();
            if (nodes.contains(node)) {
                continue;
            }
            boolean isAnchor = rows.isPresent() && RowDomain.isAnchor(node);
            if (taken.contains(node) || !(isAnchor ? rows.get().fits(graph, node) : joins(node, anchor, rows))) {
                break;
            }
            nodes.add(node);
            if (isAnchor) {
                anchors.add(node);
            }
            next.addAll(graph.users(node));
            onlyWayOut(nodes)
                    .filter(this::mayBeStored)
                    .ifPresent(root -> found.add(new Region(anchors, new LinkedHashSet<>(nodes), root)));
        }
        return found;
    }

    private boolean joins(Node node, Node anchor, Optional<RowDomain> rows) {
        Shape shape = node.type().shape();
        return node.op() instanceof Pointwise
                && (rows.isPresent()
                        ? rows.get().covers(shape)
                        : shape.size().equals(anchor.type().shape().size()));
    }

    /** The one node of these that others read, when there is just one. */
    private Optional<Node> onlyWayOut(Set<Node> nodes) {
        List<Node> out = nodes.stream()
                .filter(n -> isOutput(n) || !nodes.containsAll(graph.users(n)))
                .toList();
        return out.size() == 1 ? Optional.of(out.getFirst()) : Optional.empty();
    }

    private boolean isOutput(Node node) {
        return outputs.contains(node);
    }

    /** Views are left to the nodes that read them, where they cost nothing. */
    private boolean mayBeStored(Node node) {
        return !(node.op() instanceof View);
    }

    private boolean isComputable(Region region) {
        Node anchor = region.anchors().getFirst();
        List<ScalarExpr> index = ContractionAxes.of(graph, anchor).resultIndex();
        return region.rootIndex(graph, anchor.type().shape(), index, Map.of(anchor, index))
                .isPresent();
    }

    private boolean isComputable(Region region, RowDomain rows) {
        Map<Node, List<ScalarExpr>> anchorIndex = new HashMap<>();
        region.anchors().forEach(a -> anchorIndex.put(a, rows.indexOf(a)));
        boolean steps = region.anchors().stream()
                .allMatch(a -> region.readsAnchorsAt(graph, graph.operand(a, 0), rows.index(), anchorIndex));
        return steps && rows.rootIndex(graph, region, anchorIndex).isPresent();
    }
}
