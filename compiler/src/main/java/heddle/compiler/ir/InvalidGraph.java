package heddle.compiler.ir;

/** A graph that breaks an invariant: a fault of the pass that made it, never of the user. */
public final class InvalidGraph extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public InvalidGraph(String message) {
        super(message);
    }
}
