package heddle.compiler.rule;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;

/** Thrown to end the search for a match at the node that prevents fusion. It never leaves the pass. */
public final class DeclinedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Node at;
    private final String remedy;

    /**
     * @param at     the node in the way
     * @param reason what is in the way, in the words of the language
     * @param remedy what to write so that it could be fused
     */
    public DeclinedException(Node at, String reason, String remedy) {
        super(reason, null, false, false);
        this.at = at;
        this.remedy = remedy;
    }

    /** What the rule decided. */
    public Outcome.Declined outcome() {
        return new Outcome.Declined(at, getMessage(), remedy);
    }
}
