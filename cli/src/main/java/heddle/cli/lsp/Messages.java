package heddle.cli.lsp;

import heddle.compiler.ir.Node;
import heddle.compiler.report.FusionReport;
import heddle.dsl.ast.Item;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.Label;
import heddle.dsl.diagnostic.Severity;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.lsp4j.DiagnosticRelatedInformation;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.Range;

/** Mistakes, warnings and declined fusions of a document as the protocol has them. */
final class Messages {
    private static final String SOURCE = "heddle";

    private final Places places;

    Messages(Places places) {
        this.places = places;
    }

    /** @param fusion what is known of attention by now */
    List<org.eclipse.lsp4j.Diagnostic> of(Analysis analysis, Optional<Fusion> fusion) {
        List<org.eclipse.lsp4j.Diagnostic> all = new ArrayList<>();
        analysis.mistakes().forEach(d -> all.add(message(d, severity(d), analysis)));
        analysis.lengths().mistakes().forEach(d -> all.add(message(d, DiagnosticSeverity.Warning, analysis)));
        fusion.ifPresent(f -> {
            f.mistakes().forEach(d -> all.add(message(d.note(f.lengthsText()), severity(d), analysis)));
            f.explanation()
                    .ifPresent(e -> e.report().declined(FusionReport.Kind.IN_THE_WAY).stream()
                            .flatMap(d -> declined(d, analysis).stream())
                            .distinct()
                            .forEach(all::add));
        });
        return all;
    }

    private static DiagnosticSeverity severity(Diagnostic diagnostic) {
        return diagnostic.code().severity() == Severity.ERROR ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
    }

    private org.eclipse.lsp4j.Diagnostic message(Diagnostic d, DiagnosticSeverity severity, Analysis analysis) {
        org.eclipse.lsp4j.Diagnostic message = new org.eclipse.lsp4j.Diagnostic();
        message.setRange(range(d, analysis));
        message.setSeverity(severity);
        message.setSource(SOURCE);
        message.setCode(d.code().id());
        StringBuilder text = new StringBuilder(d.message());
        d.primary()
                .filter(p -> !p.text().isEmpty())
                .ifPresent(p -> text.append(" (").append(p.text()).append(')'));
        d.notes().forEach(note -> text.append("\nnote: ").append(note));
        d.hint().ifPresent(hint -> text.append("\nhint: ").append(hint));
        message.setMessage(text.toString());
        Stream<Label> elsewhere = d.primary().filter(p -> !isIn(p.span(), analysis)).stream();
        message.setRelatedInformation(Stream.concat(elsewhere, d.related().stream())
                .map(label -> new DiagnosticRelatedInformation(
                        places.of(label.span(), analysis), label.text().isEmpty() ? d.message() : label.text()))
                .toList());
        return message;
    }

    private static boolean isIn(Span span, Analysis analysis) {
        return span.file().name().equals(analysis.document().name());
    }

    /** A mistake in another file is shown at the call that leads there, or else where the first file is imported. */
    private static Range range(Diagnostic d, Analysis analysis) {
        Optional<Span> here = Stream.concat(d.primary().stream(), d.related().stream())
                .map(Label::span)
                .filter(span -> isIn(span, analysis))
                .findFirst();
        Optional<Span> place = here.or(() -> d.primary().isEmpty()
                ? Optional.empty()
                : analysis.unit().items().stream()
                        .filter(Item.Import.class::isInstance)
                        .map(Item::span)
                        .findFirst());
        return place.map(span -> analysis.lines().range(span.start(), span.end()))
                .orElseGet(() -> analysis.lines().range(0, 0));
    }

    /** What is in the way of fusion is no mistake: it is told as a piece of information. */
    private Optional<org.eclipse.lsp4j.Diagnostic> declined(FusionReport.Declined declined, Analysis analysis) {
        Optional<Span> place =
                Fusion.placeIn(analysis, declined.at()).or(() -> Fusion.placeIn(analysis, declined.normaliser()));
        return place.map(span -> {
            org.eclipse.lsp4j.Diagnostic message = new org.eclipse.lsp4j.Diagnostic();
            message.setRange(analysis.lines().range(span.start(), span.end()));
            message.setSeverity(DiagnosticSeverity.Information);
            message.setSource(SOURCE);
            message.setMessage("this attention is not fused: " + declined.reason() + "\nhint: " + declined.remedy());
            message.setRelatedInformation(related(declined.normaliser(), analysis));
            return message;
        });
    }

    private List<DiagnosticRelatedInformation> related(Node softmax, Analysis analysis) {
        return softmax.origin().spans().stream()
                .limit(1)
                .map(span -> new DiagnosticRelatedInformation(places.of(span, analysis), "the softmax"))
                .toList();
    }
}
