package heddle.compiler.op.gradient;

import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.scalar.Derivatives;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.List;

/** The gradient of a scalar function that is applied at every index, from the table of {@link Derivatives}. */
public final class ElementwiseGradient {
    private static final String RESULT = "y";
    private static final String COTANGENT = "g";

    private final GradientContext context;
    private final ScalarFn fn;
    private final DType type;

    private ElementwiseGradient(GradientContext context, ScalarFn fn) {
        this.context = context;
        this.fn = fn;
        this.type = Precision.computed(context.node().type().dtype());
    }

    /** Gives the operands of a function their gradients. */
    public static void of(GradientContext context, ScalarFn fn) {
        new ElementwiseGradient(context, fn).give();
    }

    private void give() {
        List<ScalarExpr> args = new ArrayList<>();
        for (int slot = 0; slot < fn.arity(); slot++) {
            args.add(argument(slot));
        }
        ScalarNodes nodes = new ScalarNodes(context, this::value);
        ScalarExpr.Variable result = new ScalarExpr.Variable(RESULT, type);
        ScalarExpr.Variable cotangent = new ScalarExpr.Variable(COTANGENT, type);
        for (int slot = 0; slot < fn.arity(); slot++) {
            int operand = slot;
            if (context.needs(slot)) {
                Derivatives.times(fn, slot, args, result, cotangent)
                        .map(nodes::of)
                        .ifPresent(g -> {
                            Value whole =
                                    context.expand(g, context.node().type().shape());
                            context.give(
                                    operand,
                                    context.unbroadcast(
                                            whole,
                                            context.operand(operand).type().shape()));
                        });
            }
        }
    }

    /** A number that the model states stays one: it takes ties whole. */
    private ScalarExpr argument(int slot) {
        Value operand = context.operand(slot);
        DType own = operand.type().dtype();
        if (operand.node().op() instanceof Constant c && c.isSplat() && own.isFloat()) {
            return new ScalarExpr.Literal(type, c.values().getFirst().doubleValue());
        }
        return new ScalarExpr.Variable("x" + slot, own.isFloat() ? type : own);
    }

    private Value value(ScalarExpr.Variable variable) {
        return switch (variable.name()) {
            case RESULT -> context.computed(context.node().value());
            case COTANGENT -> context.cotangent();
            default -> {
                Value operand = context.operand(Integer.parseInt(variable.name().substring(1)));
                yield operand.type().dtype().isFloat() ? context.computed(operand) : operand;
            }
        };
    }
}
