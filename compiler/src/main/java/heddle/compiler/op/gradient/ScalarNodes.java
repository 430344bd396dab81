package heddle.compiler.op.gradient;

import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import java.util.function.Function;

/** Adds a scalar program to a graph as elementwise operations, each shared part once. */
final class ScalarNodes {
    private final GradientContext context;
    private final Function<ScalarExpr.Variable, Value> variables;
    private final Memo<Value> nodes = new Memo<>(this::node);

    /** @param variables the value for each variable */
    ScalarNodes(GradientContext context, Function<ScalarExpr.Variable, Value> variables) {
        this.context = context;
        this.variables = variables;
    }

    /** The value of a program of literals, variables and functions. */
    Value of(ScalarExpr program) {
        return nodes.of(program);
    }

    private Value node(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.Variable v -> variables.apply(v);
            case ScalarExpr.Literal l -> context.number(l.value(), l.type());
            case ScalarExpr.Apply a -> {
                Value[] args = a.args().stream().map(nodes::of).toArray(Value[]::new);
                yield a.fn() == ScalarFn.CAST ? context.add(new Cast(a.type()), args) : context.apply(a.fn(), args);
            }
            default -> throw new IllegalArgumentException(e + " is no function of variables");
        };
    }
}
