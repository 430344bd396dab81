package heddle.cli.page;

import heddle.cli.report.ExplanationJson;
import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.inspect.HistoryNode;
import heddle.compiler.ir.Node;
import heddle.compiler.report.CapturedPart;
import heddle.compiler.report.FusionReport;
import heddle.dsl.source.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The section {@code attention}: each fused attention as {@code explain} has it, and each that is declined. */
final class AttentionSection {
    private AttentionSection() {}

    static Map<String, Object> of(Inspected in) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "fused",
                in.explanation().fused().stream().map(f -> fused(in, f)).toList());
        fields.put(
                "declined",
                in.explanation().declined().stream().map(d -> declined(in, d)).toList());
        return fields;
    }

    private static Map<String, Object> fused(Inspected in, FusedExplanation fused) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", number(in, fused.node()));
        fields.put(
                "woven",
                fused.woven().stream().map(n -> number(in, n)).filter(n -> n >= 0).toList());
        fields.putAll(ExplanationJson.fused(fused));
        fields.put("parts", fused.parts().stream().map(p -> part(in, p)).toList());
        return fields;
    }

    private static Map<String, Object> part(Inspected in, CapturedPart part) {
        Map<String, Object> fields = new LinkedHashMap<>(ExplanationJson.part(part));
        fields.put("node", number(in, part.node()));
        part.span().ifPresent(s -> fields.put("at", place(in, s)));
        return fields;
    }

    private static Map<String, Object> declined(Inspected in, FusionReport.Declined declined) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", number(in, declined.normaliser()));
        fields.put("atNode", number(in, declined.at()));
        fields.putAll(ExplanationJson.declined(declined));
        return fields;
    }

    /** The number of a node in the history; -1 for one that no stage has. */
    static int number(Inspected in, Node node) {
        return in.history().find(node).map(HistoryNode::id).orElse(-1);
    }

    /** {@code [file, start, end]}. */
    static List<Integer> place(Inspected in, Span span) {
        return List.of(in.files().indexOf(span.file()), span.start(), span.end());
    }
}
