package heddle.compiler.op.layout;

import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.AttributeMap;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.op.gradient.ReductionGradient;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/** An operation that combines what is put at one index of an axis, in the order of the elements, from the neutral element on. */
public sealed interface ScatterOp extends Differentiable permits Scatter, ScatterAlong {
    int axis();

    /** Of the result's axis. */
    Dim size();

    /** How elements of one index are combined. */
    Reduction kind();

    /** The operation that combines otherwise at the same indexes. */
    ScatterOp as(Reduction otherKind);

    /** The operation that picks what is at the same indexes. */
    Op picking();

    @Override
    default OpCategory category() {
        return OpCategory.REDUCTION;
    }

    @Override
    default Map<String, Object> attributes() {
        return AttributeMap.of("axis", (long) axis(), "size", size());
    }

    /** That an axis without elements takes none. */
    default void requireSomewhereToPut(List<TensorType> operands) {
        if (size().isZero() && !operands.get(1).shape().size().isZero()) {
            throw Require.mismatch(intoNothing(operands), "", 0);
        }
    }

    /** Where an element is put, there is a place for it. */
    @Override
    default List<LengthCondition> conditions(List<TensorType> operands) {
        Dim put = operands.get(1).shape().size();
        return size().isKnown()
                ? List.of()
                : List.of(new LengthCondition(put.times(size().minus(1)), intoNothing(operands)));
    }

    private String intoNothing(List<TensorType> operands) {
        return name() + " of " + operands.getFirst() + " into an axis that is empty";
    }

    @Override
    default void gradient(GradientContext c) {
        if (c.needs(0)) {
            new ReductionGradient(
                            c,
                            kind(),
                            (how, x) -> c.add(as(how), x, c.operand(1)),
                            x -> c.add(picking(), x, c.operand(1)))
                    .give();
        }
    }
}
