package heddle.compiler.ir;

/**
 * What a rule decided about a node.
 *
 * @param rule    the rule's name
 * @param node    as it is in the graph that the pass gives, where it stays there; else as the rule saw it
 * @param outcome what was decided
 */
public record Decision(String rule, Node node, Outcome outcome) {}
