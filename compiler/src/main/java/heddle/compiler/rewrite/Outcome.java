package heddle.compiler.rewrite;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import java.util.List;

/** What a rule made of a place in a graph. */
public sealed interface Outcome {
    /** The rule applies: {@code values} stand for the node's results. */
    record Replaced(List<Value> values) implements Outcome {
        public Replaced {
            values = List.copyOf(values);
        }
    }

    /** The place is not what the rule is about. */
    record NoMatch() implements Outcome {}

    /**
     * The place is what the rule is about, but the rule would change what it means or could not.
     *
     * @param at     the node in the way
     * @param reason what is in the way, and what would make it go
     */
    record Declined(Node at, String reason) implements Outcome {}

    Outcome NO_MATCH = new NoMatch();
}
