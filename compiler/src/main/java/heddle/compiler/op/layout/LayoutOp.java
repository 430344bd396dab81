package heddle.compiler.op.layout;

import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.gradient.Differentiable;

/** An operation that moves elements, and knows where each comes from and where its gradient goes. */
interface LayoutOp extends Pointwise, Differentiable {
    @Override
    default OpCategory category() {
        return OpCategory.LAYOUT;
    }
}
