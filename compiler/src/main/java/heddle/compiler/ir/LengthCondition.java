package heddle.compiler.ir;

import heddle.compiler.type.Dim;
import heddle.compiler.type.LengthFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A condition of an operation on lengths that are known only when the model runs. For example, {@code places[0:N]} of
 * {@code f32[512, 384]} needs N to be at most 512.
 *
 * @param notNegative the length that must not be negative
 * @param message     what is wrong when it is negative, in the operation's words
 */
public record LengthCondition(Dim notNegative, String message) {
    /** Every condition of a graph that is open until it runs, once, with the origin of the first node that has it. */
    public static SequencedMap<LengthCondition, Origin> of(Graph graph) {
        SequencedMap<LengthCondition, Origin> conditions = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            for (LengthCondition c : node.op()
                    .conditions(graph.operands(node).stream().map(Value::type).toList())) {
                // A length by itself is never negative.
                if (!c.notNegative.isKnown() && c.notNegative.asSymbol().isEmpty()) {
                    conditions.putIfAbsent(c, node.origin());
                }
            }
        }
        return conditions;
    }

    /** What holds of lengths whenever a graph runs. */
    public static LengthFacts facts(Graph graph) {
        return new LengthFacts(
                of(graph).keySet().stream().map(LengthCondition::notNegative).toList());
    }

    /** Whether it is met. @throws IllegalStateException when a symbol is not bound */
    public boolean holds(Map<String, Long> lengths) {
        return notNegative.evaluate(lengths) >= 0;
    }

    /** The conditions that these lengths do not meet. */
    public static List<Map.Entry<LengthCondition, Origin>> unmet(Graph graph, Map<String, Long> lengths) {
        return of(graph).entrySet().stream()
                .filter(c -> !c.getKey().holds(lengths))
                .toList();
    }
}
