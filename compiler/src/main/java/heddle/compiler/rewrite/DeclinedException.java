package heddle.compiler.rewrite;

import heddle.compiler.ir.Node;

/** Ends the search for a match at the node in the way; never leaves this package. */
final class DeclinedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Node at;

    DeclinedException(Node at, String reason) {
        super(reason, null, false, false);
        this.at = at;
    }

    Outcome.Declined outcome() {
        return new Outcome.Declined(at, getMessage());
    }
}
