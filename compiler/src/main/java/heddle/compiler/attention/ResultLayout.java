package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Permute;
import heddle.compiler.op.Reshape;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where a result is stored when the permutes and reshapes after it are folded into its address. So merging heads costs
 * nothing.
 *
 * @param root    the last view that is folded, or the node itself
 * @param type    the type of what is stored
 * @param index   of an element of that, over the node's own axes
 */
record ResultLayout(Node root, TensorType type, List<ScalarExpr> index) {
    /** @param axes the axes of the node's result, outermost first */
    static ResultLayout of(Graph graph, Node node, List<Axis> axes) {
        List<ScalarExpr> index =
                axes.stream().map(ScalarExpr::of).map(IndexSimplifier::simplify).toList();
        Node at = node;
        ResultLayout best = stored(at, index);
        while (graph.useCount(at) == 1 && graph.users(at).size() == 1) {
            at = graph.users(at).getFirst();
            Shape from = graph.operands(at).getFirst().type().shape();
            if (at.op() instanceof Permute permute) {
                index = permuted(permute, index);
            } else if (at.op() instanceof Reshape reshape) {
                index = IndexSimplifier.index(reshape.shape(), IndexSimplifier.address(from, index));
            } else {
                break;
            }
            ResultLayout next = stored(at, index);
            if (!next.address().isAffineIn(Set.copyOf(axes))) {
                break;
            }
            best = next;
        }
        return best;
    }

    private static List<ScalarExpr> permuted(Permute permute, List<ScalarExpr> index) {
        List<ScalarExpr> result = new ArrayList<>();
        permute.order().forEach(axis -> result.add(index.get(axis)));
        return result;
    }

    private static ResultLayout stored(Node node, List<ScalarExpr> index) {
        return new ResultLayout(node, node.type(), index);
    }

    /** The row-major address of an element. */
    private LinearForm address() {
        return IndexSimplifier.form(IndexSimplifier.address(type.shape(), index));
    }
}
