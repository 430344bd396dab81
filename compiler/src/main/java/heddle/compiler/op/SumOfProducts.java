package heddle.compiler.op;

import heddle.compiler.ir.Anchor;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Reduction;

/** An operation of two operands whose elements are sums of products, in each an element of either operand. */
public interface SumOfProducts extends Anchor, Combining {
    /** Which axes are multiplied with each other, and which are summed over. */
    Equation parsed();

    /** Whose zeros add nothing, whatever they meet. */
    Annihilating zeros();

    @Override
    default Reduction kind() {
        return Reduction.SUM;
    }
}
