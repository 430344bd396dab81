package heddle.compiler.schedule.partition;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Inliner;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Shape;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Nodes that one kernel computes.
 *
 * @param anchors the contraction, or the reductions and softmaxes over the same rows; none for a plain map
 * @param nodes   the anchors and the pointwise nodes that are computed from them
 * @param root    the one node whose result the kernel stores
 */
public record Region(List<Node> anchors, SequencedSet<Node> nodes, Node root) {
    public Region {
        anchors = List.copyOf(anchors);
    }

    /** An anchor on its own. */
    public static Region of(Node anchor) {
        return new Region(List.of(anchor), new LinkedHashSet<>(List.of(anchor)), anchor);
    }

    /** A pointwise node and the nodes that are computed in place for it. */
    static Region map(Node root) {
        return new Region(List.of(), new LinkedHashSet<>(List.of(root)), root);
    }

    /**
     * The index at which the root's element is computed when the anchors' elements are computed at {@code anchorIndex},
     * or empty when the region reads an anchor at another index, so that one kernel cannot compute it.
     *
     * @param shape  the shape of the elements the kernel loops over
     * @param index  the index into {@code shape}
     */
    public Optional<List<ScalarExpr>> rootIndex(
            Graph graph, Shape shape, List<ScalarExpr> index, Map<Node, List<ScalarExpr>> anchorIndex) {
        Shape result = root.type().shape();
        if (!result.size().equals(shape.size())) {
            return Optional.empty();
        }
        if (anchorIndex.containsKey(root)) {
            return Optional.of(anchorIndex.get(root));
        }
        if (result.size().isZero()) {
            return Optional.of(Collections.nCopies(result.rank(), ScalarExpr.of(0))); // Nothing is computed anywhere.
        }
        // Lengths such as N - 2 make an address from which the index is not found again; equal shapes need none.
        List<ScalarExpr> sameAddress =
                result.equals(shape) ? index : IndexSimplifier.index(result, IndexSimplifier.address(shape, index));
        return Optional.of(sameAddress).filter(at -> readsAnchorsAt(graph, root.value(), at, anchorIndex));
    }

    /** Whether {@code value} at {@code at} needs the anchors at {@code anchorIndex} and nowhere else. */
    boolean readsAnchorsAt(Graph graph, Value value, List<ScalarExpr> at, Map<Node, List<ScalarExpr>> anchorIndex) {
        boolean[] fits = {true};
        Inliner inliner = new Inliner(graph, (v, index) -> {
            boolean anchor = anchors.contains(v.node());
            if (anchor && !index.equals(anchorIndex.get(v.node()))) {
                fits[0] = false;
            }
            return anchor || !nodes.contains(v.node()) ? Optional.of(placeholder(v)) : Optional.empty();
        });
        inliner.at(value, at);
        return fits[0];
    }

    /** Represents values that are not computed here; only indices matter. */
    private static ScalarExpr placeholder(Value v) {
        return new ScalarExpr.Variable(v.toString(), v.type().dtype());
    }
}
