package heddle.cli.report;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.recompute.Recomputation;
import heddle.compiler.type.Stored;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is kept for the backward pass and what is computed again, as JSON; docs/explain.md lists the keys. */
final class RecomputationJson {
    private RecomputationJson() {}

    static Map<String, Object> of(Recomputation r) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bytes", r.peak());
        fields.put("withoutBudget", r.whole());
        fields.put("typical", r.typical());
        fields.put("kept", r.kept().stream().map(v -> kept(v, r)).toList());
        fields.put(
                "computedAgain",
                r.recomputed().stream().map(RecomputationJson::node).toList());
        fields.put("extra", r.extra());
        fields.put("curve", r.curve().stream().map(RecomputationJson::point).toList());
        return fields;
    }

    private static Map<String, Object> kept(Value v, Recomputation r) {
        Map<String, Object> fields = node(v.node());
        fields.put("result", v.index());
        fields.put("type", v.type().toString());
        fields.put(
                "bytes",
                Stored.of(v.type().dtype()).bytes(v.type().shape().size().evaluate(r.typical())));
        return fields;
    }

    private static Map<String, Object> node(Node node) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", node.path());
        fields.put("operation", node.op().name());
        return fields;
    }

    private static Map<String, Object> point(Recomputation.Point p) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bytes", p.peak());
        fields.put("extra", p.extra());
        return fields;
    }
}
