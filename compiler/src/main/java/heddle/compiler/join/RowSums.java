package heddle.compiler.join;

import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import java.util.Optional;

/**
 * Adds sums of exponentials to the new graph, written so that an attention of the same scores gives them. Each has the axis of the keys,
 * with a length of one.
 *
 * @param origin of what is added
 * @param axis   of the keys
 */
record RowSums(RuleContext context, Origin origin, int axis) {
    /** The maximum of each row of scores. */
    Value maximum(Value scores) {
        return part(new Reduce(Reduction.MAX, List.of(axis), true), scores);
    }

    /** Zero for a maximum of minus infinity, so that exponentials of a row that is masked throughout are zero. */
    Value guarded(Value maximum) {
        Value lowest = number(maximum, Double.NEGATIVE_INFINITY);
        return part(ScalarFn.SELECT, part(ScalarFn.EQ, maximum, lowest), number(maximum, 0), maximum);
    }

    /**
     * The sum of a row's exponentials less a shift, if there is one. Their maximum is taken off first, and multiplied with afterwards:
     *
     * <pre>
     * sum(exp(x - c))  →  sum(exp(x - where(m == -inf, 0, m))) * exp(m - c)
     * </pre>
     *
     * @param maximum the m of the scores
     */
    Value sum(Value scores, Value maximum, Optional<Value> shift) {
        Value shifted = part(ScalarFn.SUB, scores, guarded(maximum));
        Value own = part(new Reduce(Reduction.SUM, List.of(axis), true), part(ScalarFn.EXP, shifted));
        Value further = shift.map(c -> part(ScalarFn.SUB, maximum, c)).orElse(maximum);
        return part(ScalarFn.MUL, own, part(ScalarFn.EXP, further));
    }

    Value number(Value like, double number) {
        return part(Constant.scalar(like.type().dtype(), number));
    }

    Value part(ScalarFn fn, Value... operands) {
        return part(new Elementwise(fn), operands);
    }

    Value part(Op op, Value... operands) {
        return context.out().part(op, origin, operands);
    }
}
