package heddle.compiler.op.gradient;

import heddle.compiler.ir.Value;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * The gradient by elements that were combined: along axes, or at the same index.
 *
 * @param c       of the operation, whose first operand has the elements
 * @param kind    how they were combined
 * @param combine combines other elements at the same places
 * @param back    gives each element, or all of its place alike, what was combined there
 */
public record ReductionGradient(
        GradientContext c, Reduction kind, BiFunction<Reduction, Value, Value> combine, UnaryOperator<Value> back) {
    /** Gives the elements their gradient. */
    public void give() {
        Value g = back.apply(c.cotangent());
        Value x = c.computed(c.operand(0));
        Value gradient = switch (kind) {
            case SUM -> g;
            case MAX, MIN -> ofExtreme(x, g);
            case PROD -> ofProduct(x, g);
        };
        c.give(0, c.expand(gradient, x.type().shape()));
    }

    /**
     * Those that are the extreme share its gradient equally. Both are rounded to the type that they are written in: a kernel may have
     * read one of them where it was stored, and the other where it was computed.
     */
    private Value ofExtreme(Value x, Value g) {
        DType type = g.type().dtype();
        DType written = c.operand(0).type().dtype();
        Value extreme = back.apply(c.computed(c.node().value()));
        Value isExtreme = c.apply(ScalarFn.EQ, c.cast(x, written), c.cast(extreme, written));
        Value count = back.apply(combine.apply(Reduction.SUM, c.cast(isExtreme, type)));
        return c.apply(ScalarFn.SELECT, isExtreme, c.apply(ScalarFn.DIV, g, count), c.number(0, type));
    }

    /** Each gets the product of the others: one zero gets that of all that are not, and with two all get zero. */
    private Value ofProduct(Value x, Value g) {
        DType type = g.type().dtype();
        Value zero = c.number(0, type);
        Value isZero = c.apply(ScalarFn.EQ, x, zero);
        Value factors = c.apply(ScalarFn.SELECT, isZero, c.number(1, type), x);
        Value zeros = back.apply(combine.apply(Reduction.SUM, c.cast(isZero, type)));
        Value others = c.annihilating(g, back.apply(combine.apply(Reduction.PROD, factors)));
        Value isOnlyZero = c.apply(ScalarFn.AND, isZero, c.apply(ScalarFn.EQ, zeros, c.number(1, type)));
        Value amongZeros = c.apply(ScalarFn.SELECT, isOnlyZero, others, zero);
        Value isWithout = c.apply(ScalarFn.EQ, zeros, zero);
        Value gradient = c.apply(ScalarFn.SELECT, isWithout, c.apply(ScalarFn.DIV, others, factors), amongZeros);
        // The choice by zeros hides how the gradient changes where they are.
        return c.add(new FirstOrder(c.node().op().name()), gradient);
    }
}
