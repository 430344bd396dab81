package heddle.compiler.rule;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a rule works with in one sweep: the graph before it, and the graph after it as far as it is made. Nodes are copied
 * when a rule first adds to the new graph, so that a sweep in which none applies costs a look at each node.
 */
public final class RuleContext {
    private final Graph graph;
    private final Rewriter rewriter;
    private final Map<Class<?>, Object> analyses = new HashMap<>();
    /** How many nodes before the sweep are copied or replaced. */
    private int done;
    /** How many nodes come before the one that is looked at. */
    private int before;

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
        for (; done < before; done++) {
            rewriter.copy(graph.nodes().get(done));
        }
        return rewriter;
    }

    /** The graph after the sweep, to add nodes to. */
    public Graph.Builder out() {
        return rewriter().out();
    }

    /** The new value for a value that the node is computed from. */
    public Value get(Value old) {
        return rewriter().get(old);
    }

    /** Something about the whole graph before the sweep. It is made once. */
    public <T> T analysis(Class<T> type, Function<Graph, T> make) {
        return type.cast(analyses.computeIfAbsent(type, t -> make.apply(graph)));
    }

    /** Says which node is looked at. */
    void at(int number) {
        before = number;
    }

    /** Lets new values stand for the results of the node that is looked at. */
    void replace(Node node, List<Value> with) {
        rewriter().replace(node, with);
        done++;
    }

    /** The graph after the sweep. */
    Graph finish() {
        at(graph.nodes().size());
        return rewriter().finish();
    }
}
