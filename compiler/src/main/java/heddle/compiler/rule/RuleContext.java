package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** What a rule works with in one sweep: the graph before it, and the graph after it as far as it is made. */
public final class RuleContext {
    private final Graph graph;
    private final Rewriter rewriter;
    private final Map<Class<?>, Object> analyses = new HashMap<>();

    RuleContext(Graph graph) {
        this.graph = graph;
        this.rewriter = new Rewriter(graph);
    }

    /** The graph before the sweep, to look at. */
    public Graph graph() {
        return graph;
    }

    /** Knows the new value for each value of a node before the one that is looked at. */
    public Rewriter rewriter() {
        return rewriter;
    }

    /** The graph after the sweep, to add nodes to. */
    public Graph.Builder out() {
        return rewriter.out();
    }

    /** The new value for a value that the node is computed from. */
    public Value get(Value old) {
        return rewriter.get(old);
    }

    /** Something about the whole graph before the sweep. It is made once. */
    public <T> T analysis(Class<T> type, Function<Graph, T> make) {
        return type.cast(analyses.computeIfAbsent(type, t -> make.apply(graph)));
    }
}
