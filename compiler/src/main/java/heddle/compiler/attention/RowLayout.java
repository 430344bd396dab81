package heddle.compiler.attention;

import heddle.compiler.ir.Node;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where one number for each row of a softmax is stored.
 *
 * @param shape   of the rows
 * @param index   of a row, over the axes of an attention
 */
record RowLayout(Shape shape, List<ScalarExpr> index) {
    /**
     * The rows of a softmax, in order; empty when the attention does not go through each of them once.
     *
     * @param read where the attention reads the softmax
     * @param axis of the softmax
     */
    static Optional<RowLayout> of(Node softmax, List<ScalarExpr> read, int axis, AxisRoles roles) {
        List<Dim> dims = new ArrayList<>(softmax.type().shape().dims());
        dims.remove(axis);
        List<ScalarExpr> row = new ArrayList<>(read);
        row.remove(axis);
        Set<Axis> axes = new HashSet<>(roles.batch());
        axes.add(roles.i());
        axes.removeIf(a -> a.extent().is(1));
        for (int n = 0; n < row.size(); n++) {
            boolean isWhole = row.get(n) instanceof ScalarExpr.Index i
                    && i.axis().extent().equals(dims.get(n))
                    && axes.remove(i.axis());
            if (!isWhole && !dims.get(n).is(1)) {
                return Optional.empty();
            }
        }
        Shape shape = new Shape(dims);
        return axes.isEmpty() ? Optional.of(new RowLayout(shape, row)) : Optional.empty();
    }
}
