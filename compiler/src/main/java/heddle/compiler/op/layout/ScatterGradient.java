package heddle.compiler.op.layout;

import heddle.compiler.ir.Value;
import heddle.compiler.op.gradient.FirstOrder;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;

/** The gradient by what was combined at indexes. */
record ScatterGradient(GradientContext c, ScatterOp op) {
    void give() {
        Value x = c.computed(c.operand(0));
        Value g = picked(c.cotangent());
        c.give(
                0,
                switch (op.kind()) {
                    case SUM -> g;
                    case MAX, MIN -> ofExtreme(x, g);
                    case PROD -> ofProduct(x, g);
                });
    }

    /** Those that are the extreme of an index share its gradient equally. */
    private Value ofExtreme(Value x, Value g) {
        DType type = g.type().dtype();
        Value extreme = picked(c.computed(c.node().value()));
        Value isExtreme = c.apply(ScalarFn.EQ, x, extreme);
        Value count = picked(combined(Reduction.SUM, c.cast(isExtreme, type)));
        return c.apply(ScalarFn.SELECT, isExtreme, c.apply(ScalarFn.DIV, g, count), c.number(0, type));
    }

    /** Each gets the product of the others: one zero gets that of all that are not, and with two all get zero. */
    private Value ofProduct(Value x, Value g) {
        DType type = g.type().dtype();
        Value zero = c.number(0, type);
        Value isZero = c.apply(ScalarFn.EQ, x, zero);
        Value factors = c.apply(ScalarFn.SELECT, isZero, c.number(1, type), x);
        Value zeros = picked(combined(Reduction.SUM, c.cast(isZero, type)));
        Value others = c.annihilating(g, picked(combined(Reduction.PROD, factors)));
        Value isOnlyZero = c.apply(ScalarFn.AND, isZero, c.apply(ScalarFn.EQ, zeros, c.number(1, type)));
        Value amongZeros = c.apply(ScalarFn.SELECT, isOnlyZero, others, zero);
        Value isWithout = c.apply(ScalarFn.EQ, zeros, zero);
        Value gradient = c.apply(ScalarFn.SELECT, isWithout, c.apply(ScalarFn.DIV, others, factors), amongZeros);
        // The choice by zeros hides how the gradient changes where they are.
        return c.add(new FirstOrder(op.name()), gradient);
    }

    /** Values that are combined at the indexes. */
    private Value combined(Reduction kind, Value x) {
        return c.add(op.as(kind), x, c.operand(1));
    }

    /** What is at the index of each element. */
    private Value picked(Value x) {
        return c.add(op.picking(), x, c.operand(1));
    }
}
