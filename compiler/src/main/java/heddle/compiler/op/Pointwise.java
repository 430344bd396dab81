package heddle.compiler.op;

import heddle.compiler.ir.Op;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.TensorType;
import java.util.List;

/**
 * An operation whose every result element is a scalar expression of operand elements. A pointwise operation can be
 * inlined into any operation that reads it: elementwise chains, views, broadcasts, gathers, score programs.
 *
 * <p>Only the branch that the condition of a {@code select} chooses may be evaluated. {@link Concat} and {@link Pad}
 * guard elements with a select, and those elements exist only in that branch.
 */
public interface Pointwise extends Op {
    /** The result element at {@code index}, i64 expressions, one per result axis. */
    ScalarExpr at(List<ScalarExpr> index, Operands operands);

    /** The operands of a node as functions of an index. */
    interface Operands {
        int count();

        TensorType type(int slot);

        /** The type of the node's result. */
        TensorType result();

        /** The element of operand {@code slot} at index expressions, one per axis of that operand. */
        ScalarExpr at(int slot, List<ScalarExpr> index);
    }
}
