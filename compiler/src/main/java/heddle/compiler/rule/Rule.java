package heddle.compiler.rule;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;

/**
 * One step from a graph to another that means the same, at one node. It is right by itself, whatever other rules do, where
 * the graph as it is written gives no NaN.
 */
public interface Rule {
    /** Nothing to do. */
    Outcome NO_MATCH = new Outcome.NoMatch();

    /** A verb phrase in lower case with dashes: {@code drop-shift}. */
    String name();

    /**
     * Looks at a node of the graph before the step, and adds what replaces it to the graph after it. Adds nothing when it
     * replaces nothing.
     */
    Outcome apply(Node node, RuleContext context);
}
