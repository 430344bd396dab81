package heddle.runtime.cli;

import heddle.compiler.ir.Node;
import heddle.compiler.rewrite.FusionReport;
import heddle.compiler.tile.ScalarText;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.DiagnosticRenderer;
import heddle.dsl.diagnostic.Label;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What there is to say of one attention, by headings. */
final class Explanation {
    private Explanation() {}

    static Map<String, Object> of(FusionReport.Fused fused) {
        Attention body = fused.attention().body();
        Dim scores = body.batch().stream()
                .map(a -> a.extent())
                .reduce(body.i().extent().times(body.j().extent()), Dim::times);
        Map<String, Object> fields = heading(fused.node());
        fields.put("score", ScalarText.of(body.score()));
        fields.put("mask", body.mask().map(ScalarText::of).orElse(""));
        fields.put("weight", body.weight().map(ScalarText::of).orElse(""));
        fields.put("sink", body.sink().map(ScalarText::of).orElse(""));
        fields.put(
                "flops",
                scores.times(body.d().extent().plus(body.e().extent())).times(2).toString());
        fields.put("never stored", scores + " scores");
        return fields;
    }

    static Map<String, Object> of(FusionReport.Declined declined) {
        Map<String, Object> fields = heading(declined.normaliser());
        fields.put("in the way", place(declined.at()));
        fields.put("reason", declined.reason());
        fields.put("remedy", declined.remedy());
        return fields;
    }

    /** The place in the way, underlined, with the reason and the remedy. */
    static String text(FusionReport.Declined declined) {
        Optional<Label> at = span(declined.at()).map(s -> new Label(s, ""));
        List<Label> softmax = span(declined.normaliser())
                .filter(s -> !at.map(Label::span).equals(Optional.of(s)))
                .map(s -> new Label(s, "the softmax"))
                .stream()
                .toList();
        return "not fused: " + declined.reason() + "\n"
                + new DiagnosticRenderer(false).excerpt(at, softmax, Optional.of(declined.remedy()));
    }

    private static Map<String, Object> heading(Node node) {
        Map<String, Object> fields = new LinkedHashMap<>();
        String scope = node.origin().scope();
        fields.put("place", "%" + node.id() + (scope.isEmpty() ? "" : " in " + scope));
        fields.put("source", place(node));
        fields.put(
                "called from",
                node.origin().spans().stream().skip(1).map(Span::toString).collect(Collectors.joining(", ")));
        return fields;
    }

    private static Optional<Span> span(Node node) {
        return node.origin().spans().stream().findFirst();
    }

    /** {@code minilm.heddle:31:12: softmax(scores, axis = -1)}. */
    private static String place(Node node) {
        return span(node)
                .map(span -> {
                    SourceFile.Position p = span.file().position(span.start());
                    return span + ": " + span.file().line(p.line()).strip();
                })
                .orElse("no source line of its own");
    }
}
