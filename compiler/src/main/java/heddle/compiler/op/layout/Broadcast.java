package heddle.compiler.op.layout;

import heddle.compiler.op.Require;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * NumPy's broadcasting for shapes that may be symbolic. Shapes are aligned at their last axes. Two lengths must be
 * equal, or one of them 1. A symbol equals only itself.
 */
public final class Broadcast {
    private Broadcast() {}

    /**
     * The common shape.
     *
     * @throws heddle.compiler.ir.TypeMismatch naming the two operands that do not fit
     */
    public static Shape shapes(String op, List<TensorType> operands) {
        Shape common = operands.getFirst().shape();
        for (int slot = 1; slot < operands.size(); slot++) {
            common = pair(op, operands, common, slot);
        }
        return common;
    }

    private static Shape pair(String op, List<TensorType> operands, Shape common, int slot) {
        Shape other = operands.get(slot).shape();
        int rank = Math.max(common.rank(), other.rank());
        List<Dim> dims = new ArrayList<>();
        for (int fromEnd = rank; fromEnd >= 1; fromEnd--) {
            Dim a = fromEnd <= common.rank() ? common.dim(-fromEnd) : Dim.ONE;
            Dim b = fromEnd <= other.rank() ? other.dim(-fromEnd) : Dim.ONE;
            if (!a.equals(b) && !a.is(1) && !b.is(1)) {
                int culprit = firstWith(operands, slot, fromEnd, a);
                throw Require.mismatch(
                        op + " of " + operands.get(culprit) + " and " + operands.get(slot) + ": axis -" + fromEnd
                                + " has lengths " + a + " and " + b,
                        "lengths must be equal, or one of them 1; shapes are aligned at their last axes",
                        culprit,
                        slot);
            }
            dims.add(a.is(1) ? b : a);
        }
        return new Shape(dims);
    }

    /** The operand before {@code slot} that the length {@code dim} came from. */
    private static int firstWith(List<TensorType> operands, int slot, int fromEnd, Dim dim) {
        for (int i = 0; i < slot; i++) {
            TensorType t = operands.get(i);
            if (fromEnd <= t.rank() && t.dim(-fromEnd).equals(dim)) {
                return i;
            }
        }
        return 0;
    }

    /** The index into an operand of shape {@code from} for an index into the shape it was broadcast to. */
    public static List<ScalarExpr> index(Shape from, List<ScalarExpr> index) {
        int skipped = index.size() - from.rank();
        List<ScalarExpr> result = new ArrayList<>();
        for (int axis = 0; axis < from.rank(); axis++) {
            result.add(from.dim(axis).is(1) ? ScalarExpr.of(0) : index.get(axis + skipped));
        }
        return result;
    }
}
