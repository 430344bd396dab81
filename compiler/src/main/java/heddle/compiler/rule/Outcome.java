package heddle.compiler.rule;

import heddle.compiler.ir.Node;

/** What a rule decides about a place in a graph. */
public sealed interface Outcome {
    /** The rule applies. */
    record Matched() implements Outcome {}

    /** The place is not what the rule is about. */
    record NoMatch() implements Outcome {}

    /**
     * The place is what the rule is about, but the rule would change what it means or could not.
     *
     * @param at     the node in the way
     * @param reason what is in the way
     * @param remedy what to write so that it could be fused
     */
    record Declined(Node at, String reason, String remedy) implements Outcome {}
}
