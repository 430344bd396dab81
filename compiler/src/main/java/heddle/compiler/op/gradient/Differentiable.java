package heddle.compiler.op.gradient;

import heddle.compiler.ir.Op;

/** An operation whose gradient is made of other operations. */
public interface Differentiable extends Op {
    /**
     * Gives each operand that needs it the gradient of the loss by that operand.
     *
     * @param context the node in the graph, the gradients by its results, and what adds nodes
     */
    void gradient(GradientContext context);
}
