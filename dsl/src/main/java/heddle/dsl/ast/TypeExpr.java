package heddle.dsl.ast;

import heddle.dsl.source.Span;
import java.util.List;

/**
 * A tensor type as written: {@code f32[B, N, hidden / heads]}.
 *
 * @param dtype the name of the element type, not checked here
 * @param dims  one expression for each axis; empty for a scalar
 */
public record TypeExpr(Name dtype, List<Expr> dims, Span span) {
    public TypeExpr {
        dims = List.copyOf(dims);
    }
}
