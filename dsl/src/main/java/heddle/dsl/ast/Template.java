package heddle.dsl.ast;

import heddle.dsl.source.Span;
import java.util.List;

/**
 * A string literal split into text and holes: {@code "layer.{l}.weight"} is text, hole, text. No two texts are
 * adjacent, and none is empty.
 */
public record Template(List<Part> parts, Span span) {
    public Template {
        parts = List.copyOf(parts);
    }

    /** A piece of a template. */
    public sealed interface Part {
        Span span();
    }

    /** Literal text; escapes and doubled braces are resolved. */
    public record Text(String value, Span span) implements Part {}

    /** {@code {value}}: the span includes the braces. */
    public record Hole(Expr value, Span span) implements Part {}

    /** Whether the string says the same wherever it stands. */
    public boolean isConstant() {
        return parts.stream().noneMatch(Hole.class::isInstance);
    }
}
