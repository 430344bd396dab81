package heddle.compiler.ir;

/** A step from one graph to another that means the same. */
public interface Pass {
    /** A verb phrase in lower case with dashes, for options and listings: {@code fold-constants}. */
    String name();

    /** The new graph; {@code graph} itself when there was nothing to do. */
    Graph run(Graph graph);

    /** The new graph, and what was decided on the way to it; for a pass with no rules the graph alone. */
    default PassResult apply(Graph graph) {
        return PassResult.of(run(graph));
    }
}
