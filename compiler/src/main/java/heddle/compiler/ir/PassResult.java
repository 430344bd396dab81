package heddle.compiler.ir;

import java.util.List;

/**
 * What a pass gives.
 *
 * @param graph     the new graph; the given one when there was nothing to do
 * @param decisions what its rules decided, in the order in which they did; without nodes that no rule is about
 */
public record PassResult(Graph graph, List<Decision> decisions) {
    public PassResult {
        decisions = List.copyOf(decisions);
    }

    /** Of a pass without rules. */
    public static PassResult of(Graph graph) {
        return new PassResult(graph, List.of());
    }
}
