package heddle.compiler.ir;

/**
 * Thrown when a graph breaks an invariant. The fault is in the pass that made the graph, never in the user's model.
 */
public final class InvalidGraph extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public InvalidGraph(String message) {
        super(message);
    }
}
