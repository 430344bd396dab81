package heddle.runtime.tornado;

/** Thrown when TornadoVM does not compile a generated kernel. That is a bug in Heddle or in TornadoVM. */
public final class KernelRejected extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String source;

    KernelRejected(String message, String source) {
        super(message);
        this.source = source;
    }

    /** The generated Java. */
    public String source() {
        return source;
    }
}
