package heddle.compiler.op.layout;

import heddle.compiler.ir.Value;
import heddle.compiler.op.gradient.FirstOrder;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * The gradient by what was combined at indexes.
 *
 * @param scatter combines values at the same indexes
 * @param back    gives each element what is at its index
 */
record ScatterGradient(
        GradientContext c, Reduction kind, BiFunction<Reduction, Value, Value> scatter, UnaryOperator<Value> back) {
    void give() {
        Value x = c.computed(c.operand(0));
        Value g = back.apply(c.cotangent());
        c.give(0, switch (kind) {
            case SUM -> g;
            case MAX, MIN -> ofExtreme(x, g);
            case PROD -> ofProduct(x, g);
        });
    }

    /** Those that are the extreme of an index share its gradient equally. */
    private Value ofExtreme(Value x, Value g) {
        DType type = g.type().dtype();
        Value extreme = back.apply(c.computed(c.node().value()));
        Value isExtreme = c.apply(ScalarFn.EQ, x, extreme);
        Value count = back.apply(scatter.apply(Reduction.SUM, c.cast(isExtreme, type)));
        return c.apply(ScalarFn.SELECT, isExtreme, c.apply(ScalarFn.DIV, g, count), c.number(0, type));
    }

    /** Each gets the product of the others: one zero gets that of all that are not, and with two all get zero. */
    private Value ofProduct(Value x, Value g) {
        DType type = g.type().dtype();
        Value zero = c.number(0, type);
        Value isZero = c.apply(ScalarFn.EQ, x, zero);
        Value factors = c.apply(ScalarFn.SELECT, isZero, c.number(1, type), x);
        Value zeros = back.apply(scatter.apply(Reduction.SUM, c.cast(isZero, type)));
        Value others = c.annihilating(g, back.apply(scatter.apply(Reduction.PROD, factors)));
        Value isOnlyZero = c.apply(ScalarFn.AND, isZero, c.apply(ScalarFn.EQ, zeros, c.number(1, type)));
        Value amongZeros = c.apply(ScalarFn.SELECT, isOnlyZero, others, zero);
        Value isWithout = c.apply(ScalarFn.EQ, zeros, zero);
        Value gradient = c.apply(ScalarFn.SELECT, isWithout, c.apply(ScalarFn.DIV, others, factors), amongZeros);
        // The choice by zeros hides how the gradient changes where they are.
        return c.add(new FirstOrder(c.node().op().name()), gradient);
    }
}
