package heddle.runtime.cli;

/** Thrown when a target was asked for that cannot be used here. */
final class UnavailableTarget extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnavailableTarget(String message) {
        super(message);
    }
}
