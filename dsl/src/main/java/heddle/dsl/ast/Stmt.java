package heddle.dsl.ast;

import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;

/** A statement of a function body, a loop body or a file. */
public sealed interface Stmt extends Item {
    /** One {@code names = value}. Several names take a list apart. */
    record Binding(List<Name> names, Expr value, Span span) {
        public Binding {
            names = List.copyOf(names);
        }
    }

    /** {@code let a = 1, b = 2} or {@code let q, k, v = split(x, 3, axis = -1)}: new names. */
    record Let(List<Binding> bindings, Span span) implements Stmt {
        public Let {
            bindings = List.copyOf(bindings);
        }
    }

    /** {@code x = f(x)}: a new value for a name that exists. */
    record Assign(Binding binding, Span span) implements Stmt {}

    /** {@code for l in start .. stop { ... }}, unrolled; {@code stop} is not reached. */
    record For(Name variable, Expr start, Expr stop, List<Stmt> body, Span span) implements Stmt {
        public For {
            body = List.copyOf(body);
        }
    }

    /** {@code if c { ... } else { ... }}; the condition is known when the model is compiled. */
    record If(Expr condition, List<Stmt> then, List<Stmt> otherwise, Span span) implements Stmt {
        public If {
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    /** {@code return a} or {@code return a, b}: last statement of a function body. */
    record Return(List<Expr> values, Span span) implements Stmt {
        public Return {
            values = List.copyOf(values);
        }
    }

    /** {@code output name = value} or {@code output name: f32[B, N] = value}: only at the top of a file. */
    record Output(Name name, Optional<TypeExpr> type, Expr value, Span span) implements Stmt {}
}
