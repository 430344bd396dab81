package heddle.compiler.op.attention;

import heddle.compiler.ir.Op;
import heddle.compiler.op.Require;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.function.UnaryOperator;

/** An operation of the backward pass of attention. Its programs read the operands of the attention, then what was kept and came back. */
public sealed interface GradientOp extends Op permits AttentionDelta, SummedGradient {
    /** The type of each operand. */
    List<TensorType> operands();

    /** The attention. */
    AttentionDefinition forward();

    /** What is stored, and where. */
    List<GradientResult> results();

    /** Every program, those of factors last. */
    List<ScalarExpr> programs();

    /**
     * The same of other operands.
     *
     * @param results instead of these, their factors not changed yet
     * @param change  made to each program, those of factors too
     */
    GradientOp with(List<TensorType> operands, List<GradientResult> results, UnaryOperator<ScalarExpr> change);

    @Override
    default List<TensorType> infer(List<TensorType> given) {
        Require.count(name(), given, operands().size());
        for (int slot = 0; slot < given.size(); slot++) {
            if (!given.get(slot).equals(operands().get(slot))) {
                throw Require.mismatch(
                        "operand " + slot + " of " + name() + " is " + given.get(slot) + ", not "
                                + operands().get(slot),
                        "",
                        slot);
            }
        }
        return results().stream().map(GradientResult::type).toList();
    }

    /** Fails when an operation has results of other kinds than it can. */
    static void check(String name, List<GradientResult> results, List<GradientResult.Kind> kinds) {
        for (GradientResult r : results) {
            if (!kinds.contains(r.kind())) {
                throw new IllegalArgumentException(
                        name + " has no result " + r.kind().text());
            }
        }
    }

    /** Fails when a result of one score or weight spans an axis, or must and does not. */
    static void check(String name, List<GradientResult> results, Axis axis, boolean spans) {
        for (GradientResult r : results) {
            boolean isCaptured = r.kind() == GradientResult.Kind.SCORE || r.kind() == GradientResult.Kind.WEIGHT;
            if (isCaptured && r.spans(axis) != spans && !axis.extent().is(1)) {
                throw new IllegalArgumentException(name + " has a result over " + r.index());
            }
        }
    }
}
