package heddle.cli.lsp;

import heddle.cli.report.Sizes;
import heddle.compiler.explain.Explanation;
import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.ir.Node;
import heddle.compiler.report.CapturedPart;
import heddle.compiler.report.FusionReport;
import heddle.compiler.type.Amount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.lsp4j.CodeLens;
import org.eclipse.lsp4j.Command;

/** The lens above each attention: what fusion saves, or why it is declined. */
final class Lenses {
    /** What one lens says of attentions that are alike. */
    private record Line(String text, Optional<String> remedy) {}

    private Lenses() {}

    /** The lenses of a document, which may have been edited since its fusion was looked at; those of edited places are left out. */
    static List<CodeLens> of(Fusion fusion, DocumentText now, Lines lines) {
        TextChange change = TextChange.between(fusion.analysis().document().text(), now.text());
        List<CodeLens> lenses = new ArrayList<>();
        texts(fusion).forEach((start, found) -> {
            if (change.keeps(start)) {
                int at = change.moved(start);
                lenses.add(new CodeLens(lines.range(at, at), new Command(joined(found), ""), null));
            }
        });
        return lenses;
    }

    /** What is said of the attention that begins at an offset of the analysed text, with remedies. */
    static Optional<String> at(Fusion fusion, int start) {
        return Optional.ofNullable(texts(fusion).get(start)).map(found -> {
            StringBuilder text = new StringBuilder(joined(found));
            found.keySet()
                    .forEach(line -> line.remedy()
                            .ifPresent(r -> text.append("\n\nhint: ").append(r)));
            return text.toString();
        });
    }

    /** {@code 6 × fused: …; declined: …}. */
    private static String joined(Map<Line, Integer> found) {
        List<String> texts = new ArrayList<>();
        found.forEach((line, count) -> texts.add((count == 1 ? "" : count + " × ") + line.text()));
        return String.join("; ", texts);
    }

    /** What there is to say, each once with how often, by the offset of the softmax or of the call that leads to it. */
    private static Map<Integer, Map<Line, Integer>> texts(Fusion fusion) {
        Map<Integer, Map<Line, Integer>> texts = new TreeMap<>();
        fusion.explanation().ifPresent(e -> add(e, fusion.analysis(), texts));
        return texts;
    }

    private static void add(Explanation explanation, Analysis analysis, Map<Integer, Map<Line, Integer>> texts) {
        for (FusedExplanation fused : explanation.fused()) {
            fused.parts().stream()
                    .filter(part -> part.role() == CapturedPart.Role.SOFTMAX)
                    .findFirst()
                    .ifPresent(softmax -> add(softmax.node(), fused(fused), analysis, texts));
        }
        for (FusionReport.Declined declined : explanation.declined()) {
            String heading = switch (declined.kind()) {
                case IN_THE_WAY -> "declined: ";
                case ONE_KEY -> "nothing to fuse: ";
                case NO_SOFTMAX -> "not softmax attention: ";
            };
            Line line = new Line(heading + declined.reason(), Optional.of(declined.remedy()));
            add(declined.normaliser(), line, analysis, texts);
        }
    }

    private static void add(Node node, Line line, Analysis analysis, Map<Integer, Map<Line, Integer>> texts) {
        Fusion.placeIn(analysis, node)
                .ifPresent(span -> texts.computeIfAbsent(span.start(), k -> new LinkedHashMap<>())
                        .merge(line, 1, Integer::sum));
    }

    private static Line fused(FusedExplanation fused) {
        Amount bytes = fused.fusedWork().bytes();
        Amount unfused = fused.unfusedWork().bytes();
        String text = bytes.isKnown() && unfused.isKnown()
                ? Sizes.text(bytes) + " instead of " + Sizes.text(unfused)
                : bytes + " bytes instead of " + unfused;
        return new Line("fused: " + text, Optional.empty());
    }
}
