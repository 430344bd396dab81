package heddle.cli.page;

import heddle.compiler.inspect.GraphHistory;
import heddle.compiler.inspect.HistoryNode;
import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The section {@code decisions}: what the rules of each pass did, and what they declined and why. */
final class DecisionsSection {
    private DecisionsSection() {}

    static List<Object> of(Inspected in) {
        List<Object> decisions = new ArrayList<>();
        List<GraphHistory.Stage> stages = in.history().stages();
        for (int stage = 0; stage < stages.size(); stage++) {
            for (Decision d : stages.get(stage).decisions()) {
                if (!(d.outcome() instanceof Outcome.NoMatch)) {
                    decisions.add(decision(in.history(), stage, d));
                }
            }
        }
        return decisions;
    }

    private static Map<String, Object> decision(GraphHistory history, int stage, Decision d) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("stage", stage);
        fields.put("rule", d.rule());
        fields.put("node", numbers(history, List.of(d.node())));
        switch (d.outcome()) {
            case Outcome.Replaced r -> {
                fields.put("outcome", "fired");
                fields.put(
                        "with",
                        numbers(history, r.with().stream().map(Value::node).toList()));
                fields.put("from", numbers(history, r.covered()));
            }
            case Outcome.Declined o -> {
                fields.put("outcome", "declined");
                fields.put("at", numbers(history, List.of(o.at())));
                fields.put("reason", o.reason());
                fields.put("remedy", o.remedy());
            }
            case Outcome.NoMatch o -> throw new IllegalArgumentException("nothing was decided");
        }
        return fields;
    }

    /** In the order of the history; a node between two stages is left out. */
    private static List<Integer> numbers(GraphHistory history, Collection<Node> nodes) {
        return nodes.stream()
                .flatMap(n -> history.find(n).stream())
                .map(HistoryNode::id)
                .distinct()
                .sorted()
                .toList();
    }
}
