package heddle.compiler.op.gradient;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.Require;
import heddle.compiler.type.Precision;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * The gradients of a loss. The first operand is the loss, a float without axes; the others are the values by which it is
 * differentiated. There is one result for each of them, of its shape, in f32 at least.
 *
 * <p>It asks for operations that it does not name itself: {@link heddle.compiler.gradient.Differentiate} replaces it.
 */
public record Gradient() implements Op {
    @Override
    public String name() {
        return "gradient";
    }

    @Override
    public OpCategory category() {
        return OpCategory.REDUCTION;
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        if (operands.size() < 2) {
            throw Require.mismatch("a gradient of nothing", "give it a loss and a value");
        }
        TensorType loss = operands.getFirst();
        if (loss.rank() != 0 || !loss.dtype().isFloat()) {
            throw Require.mismatch(
                    "the gradient of " + loss + ", which is not one float",
                    "a loss is one number: sum or average it, for example mean(x)",
                    0);
        }
        for (int slot = 1; slot < operands.size(); slot++) {
            if (!operands.get(slot).dtype().isFloat()) {
                throw Require.mismatch(
                        "the gradient by " + operands.get(slot) + ", which is no tensor of floats",
                        "only floats have gradients",
                        slot);
            }
        }
        return operands.stream().skip(1).map(Gradient::typeBy).toList();
    }

    /** Whether a graph asks for gradients. */
    public static boolean isAsked(Graph graph) {
        return graph.nodes().stream().anyMatch(node -> node.op() instanceof Gradient);
    }

    /** The type of a gradient by a value of type {@code value}. */
    public static TensorType typeBy(TensorType value) {
        return new TensorType(Precision.computed(value.dtype()), value.shape());
    }

    /** @throws IllegalStateException always: how the loss is computed is not in its value */
    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        throw new IllegalStateException("a gradient must be written out before a graph is run");
    }
}
