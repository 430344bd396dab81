package heddle.compiler.ir;

import heddle.dsl.source.Span;
import java.util.List;

/**
 * Where a node comes from.
 *
 * @param spans source places, innermost first: the expression, then the calls and loops it was reached through; empty
 *              for a node no source asked for
 * @param scope the calls and loop iterations as a path, {@code layer.3/attention}; empty at the top
 */
public record Origin(List<Span> spans, String scope) {
    public static final Origin NONE = new Origin(List.of(), "");

    public Origin {
        spans = List.copyOf(spans);
    }
}
