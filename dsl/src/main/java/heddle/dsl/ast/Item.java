package heddle.dsl.ast;

import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A declaration or statement at the top level of a file. Items are executed in order. */
public sealed interface Item permits Item.Model, Item.Import, Item.Dims, Item.Input, Item.Function, Stmt {
    Span span();

    /** {@code model MiniLM}. */
    record Model(Name name, Span span) implements Item {}

    /** {@code import "layers.heddle"}, relative to this file, then to the standard library. */
    record Import(Expr.StringLiteral path, Span span) implements Item {}

    /** {@code dim B, N = typical 1024}: lengths that are bound when the model runs. */
    record Dims(List<Length> lengths, Span span) implements Item {
        public Dims {
            lengths = List.copyOf(lengths);
        }
    }

    /** A length, and what it typically is, where that is said. */
    record Length(Name name, OptionalLong typical) {}

    /** {@code input ids: i64[B, N]}. */
    record Input(Name name, TypeExpr type, Span span) implements Item {}

    /** A parameter, with an optional type that is checked at each call and an optional default. */
    record Parameter(Name name, Optional<TypeExpr> type, Optional<Expr> defaultValue) {}

    /** {@code fn f(x, y: f32[B, N] , z = 1) = expression} or {@code fn f(x) { ... return y }}. */
    record Function(Name name, List<Parameter> parameters, List<Stmt> body, boolean expressionBody, Span span)
            implements Item {
        public Function {
            parameters = List.copyOf(parameters);
            body = List.copyOf(body);
        }
    }
}
