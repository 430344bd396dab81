package heddle.compiler.schedule.partition;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.RowReduction;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The loops of a row kernel: one axis for each axis of the tensor that is kept, and one axis for all that are reduced.
 *
 * @param full    the tensor's shape
 * @param rows    its kept axes
 * @param row     its reduced axes as one
 * @param index   the index of an element, over rows and row
 * @param reduced the positions of the reduced axes
 */
public record RowDomain(Shape full, List<Axis> rows, Axis row, List<ScalarExpr> index, List<Integer> reduced) {
    static boolean isAnchor(Node node) {
        return node.op() instanceof RowReduction;
    }

    /** The domain of a reduction or softmax. */
    public static RowDomain of(Graph graph, Node anchor) {
        Shape full = graph.operand(anchor, 0).type().shape();
        List<Integer> reduced = reduced(anchor);
        Shape inner = new Shape(reduced.stream().map(full::dim).toList());
        Axis row = new Axis("r", inner.size());
        List<ScalarExpr> along = IndexSimplifier.index(inner, ScalarExpr.of(row));
        List<Axis> rows = new ArrayList<>();
        List<ScalarExpr> index = new ArrayList<>();
        for (int axis = 0; axis < full.rank(); axis++) {
            if (reduced.contains(axis)) {
                index.add(along.get(reduced.indexOf(axis)));
            } else {
                Axis kept = new Axis("x" + axis, full.dim(axis));
                if (!full.dim(axis).is(1)) {
                    rows.add(kept);
                }
                index.add(IndexSimplifier.simplify(ScalarExpr.of(kept)));
            }
        }
        return new RowDomain(full, rows, row, index, reduced);
    }

    private static List<Integer> reduced(Node anchor) {
        return ((RowReduction) anchor.op()).axes();
    }

    /** Whether another reduction or softmax is over the same rows. */
    boolean fits(Graph graph, Node anchor) {
        return reduced(anchor).equals(reduced)
                && graph.operand(anchor, 0).type().shape().equals(full);
    }

    /** The index at which a reduction or softmax is computed. */
    public List<ScalarExpr> indexOf(Node anchor) {
        return ((RowReduction) anchor.op()).resultIndex(index);
    }

    /** The shape of values with one element for each row. */
    Shape outer() {
        return new Shape(rows.stream().map(Axis::extent).toList());
    }

    /** The index of a row. */
    List<ScalarExpr> rowIndex() {
        return rows.stream().map(ScalarExpr::of).map(IndexSimplifier::simplify).toList();
    }

    /** Whether a tensor of this shape has one element for each of the domain, or one for each row. */
    boolean covers(Shape shape) {
        Dim size = shape.size();
        return size.equals(full.size()) || size.equals(outer().size());
    }

    /** The index of the root's element, or empty when one kernel over these rows cannot compute the region. */
    public Optional<List<ScalarExpr>> rootIndex(Graph graph, Region region, Map<Node, List<ScalarExpr>> anchorIndex) {
        return isPerElement(region.root())
                ? region.rootIndex(graph, full, index, anchorIndex)
                : region.rootIndex(graph, outer(), rowIndex(), anchorIndex);
    }

    /** Whether a node has an element for each of the domain rather than one for each row. */
    public boolean isPerElement(Node node) {
        return node.type().shape().size().equals(full.size());
    }
}
