package heddle.compiler.type;

/**
 * Thrown when a length is needed as a number, for example for the size of a tile in local memory, but still contains
 * symbols.
 */
public final class UnknownLengthException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final transient Dim length;

    UnknownLengthException(Dim length) {
        super("the length " + length + " is not known");
        this.length = length;
    }

    /** The length, with its symbols. */
    public Dim length() {
        return length;
    }
}
