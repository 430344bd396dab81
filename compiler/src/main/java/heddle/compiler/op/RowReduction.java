package heddle.compiler.op;

import heddle.compiler.ir.Anchor;
import heddle.compiler.scalar.ScalarExpr;
import java.util.List;

/** An operation that combines the elements of rows: all that share their indexes along the other axes. */
public interface RowReduction extends Anchor {
    /** The axes of the operand that rows run along, sorted. */
    List<Integer> axes();

    /** The index of the result that follows from that of one of the elements it is made of. */
    List<ScalarExpr> resultIndex(List<ScalarExpr> index);

    /** How often each element is read. */
    default int passes() {
        return 1;
    }
}
