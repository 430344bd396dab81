package heddle.compiler.ir;

import heddle.dsl.source.Span;
import java.util.List;

/**
 * Where a node comes from, and the name that this gives it.
 *
 * @param spans source places, innermost first: the expression, then the calls and loops it was reached through; empty
 *              for a node no source asked for
 * @param scope the calls and loop iterations as a path, {@code layer.3/attention}; empty at the top
 * @param step  the operation as it was written and its number among its like in the scope, {@code contract#1}; with a
 *              part when a pass adds the node beside what it makes of that operation, {@code contract#1.cast}; empty
 *              before the graph gives it
 */
public record Origin(List<Span> spans, String scope, String step) {
    public static final Origin NONE = new Origin(List.of(), "");

    public Origin {
        spans = List.copyOf(spans);
    }

    /** The origin of an operation that gets its number from the graph. */
    public Origin(List<Span> spans, String scope) {
        this(spans, scope, "");
    }

    /** The name of the node, {@code layer.3/attention:contract#1}; each node of a graph has another. */
    public String path() {
        return scope.isEmpty() ? step : scope + ":" + step;
    }

    /** The origin of what a pass adds beside the node that stands for this one. */
    public Origin part(String name) {
        return step.isEmpty() ? this : withStep(step + "." + name);
    }

    /** Whether some source asked for it. */
    public boolean isWritten() {
        return !spans.isEmpty() || !scope.isEmpty();
    }

    /** The same place without the name of one node. */
    public Origin place() {
        return withStep("");
    }

    Origin withStep(String other) {
        return new Origin(spans, scope, other);
    }
}
