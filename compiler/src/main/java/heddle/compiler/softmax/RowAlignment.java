package heddle.compiler.softmax;

import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How the axes of a value that has one element for each row, or for several rows, stand beside the axes of the rows.
 *
 * @param shape what the value must be reshaped to, so that it is broadcast to the rows
 */
public record RowAlignment(Shape shape) {
    /**
     * Of a value that is read in the row along {@code axis} that {@code y} is in; empty when its axes are in another order, when it
     * is read elsewhere, and when it has more rows than there are, of which a slice is read.
     */
    public static Optional<RowAlignment> of(ElementReference read, ElementReference y, int axis) {
        List<ScalarExpr> row = y.row(axis, true);
        Shape rows = y.value().type().shape();
        Shape own = read.value().type().shape();
        List<Dim> dims = new ArrayList<>(Collections.nCopies(row.size(), Dim.ONE));
        int missing = row.size() - own.rank();
        boolean trailing = missing >= 0;
        int next = 0;
        for (int n = 0; n < own.rank(); n++) {
            if (own.dim(n).is(1)) {
                continue;
            }
            int at = position(read.index().get(n), row, axis, next);
            if (at < 0 || !own.dim(n).equals(rows.dim(at))) {
                return Optional.empty();
            }
            dims.set(at, own.dim(n));
            trailing &= at == n + missing;
            next = at + 1;
        }
        return Optional.of(new RowAlignment(trailing ? own : new Shape(dims)));
    }

    private static int position(ScalarExpr index, List<ScalarExpr> row, int axis, int from) {
        for (int n = from; n < row.size(); n++) {
            if (n != axis && row.get(n).equals(index)) {
                return n;
            }
        }
        return -1;
    }

    /** The value, as a value of the new graph, beside the rows. */
    public Value apply(RuleContext context, Origin origin, Value value) {
        return value.type().shape().equals(shape) ? value : context.out().part(new Reshape(shape), origin, value);
    }
}
