package heddle.compiler.ir;

import java.util.List;
import java.util.Set;

/** What a rule decides about a node of a graph. */
public sealed interface Outcome {
    /** What a rule found where it applies, for reports that know the rule; most rules have nothing to say. */
    interface Found {
        /** Nothing to report. */
        Found NOTHING = new Found() {};
    }

    /**
     * The rule applies.
     *
     * @param with    the values that stand for the node's results, in the new graph; empty where nothing was replaced yet
     * @param covered the nodes that they stand for, in the old graph
     * @param found   what the rule found
     */
    record Replaced(List<Value> with, Set<Node> covered, Found found) implements Outcome {
        public Replaced {
            with = List.copyOf(with);
            covered = Set.copyOf(covered);
        }

        /** One value for a node with one result. */
        public static Replaced by(Node node, Value with) {
            return new Replaced(List.of(with), Set.of(node), Found.NOTHING);
        }
    }

    /** The node is not what the rule is about. */
    record NoMatch() implements Outcome {}

    /**
     * The node is what the rule is about, but the rule would change what it means, cost too much or could not.
     *
     * @param at     the node in the way
     * @param reason what is in the way, in the words of the language
     * @param remedy what to write so that the rule applies
     */
    record Declined(Node at, String reason, String remedy) implements Outcome {}
}
