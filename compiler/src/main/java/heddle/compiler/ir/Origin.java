package heddle.compiler.ir;

import heddle.dsl.source.Span;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * Where a node comes from, and the name that this gives it.
 *
 * @param spans source places, innermost first: the expression, then the calls and loops it was reached through; empty
 *              for a node no source asked for
 * @param scope the calls and loop iterations as a path, {@code layer.3/attention}; empty at the top
 * @param step  the operation as it was written and its number among its like in the scope, {@code contract#1}; with a
 *              part when a pass adds the node beside what it makes of that operation, {@code contract#1.cast}; empty
 *              before the graph gives it
 * @param merged the places of equal expressions that this node computes too, each innermost first
 */
public record Origin(List<Span> spans, String scope, String step, List<List<Span>> merged) {
    public static final Origin NONE = new Origin(List.of(), "");

    public Origin {
        spans = List.copyOf(spans);
        merged = List.copyOf(merged);
    }

    /** The origin of an operation that stands for no other. */
    public Origin(List<Span> spans, String scope, String step) {
        this(spans, scope, step, List.of());
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
        return new Origin(spans, scope);
    }

    /** The origin of a node that stands for nodes of these origins too. */
    public Origin with(List<Origin> equal) {
        SequencedSet<List<Span>> all = new LinkedHashSet<>(merged);
        for (Origin other : equal) {
            all.add(other.spans);
            all.addAll(other.merged);
        }
        all.remove(spans);
        all.remove(List.<Span>of());
        return new Origin(spans, scope, step, List.copyOf(all));
    }

    Origin withStep(String other) {
        return new Origin(spans, scope, other, merged);
    }
}
