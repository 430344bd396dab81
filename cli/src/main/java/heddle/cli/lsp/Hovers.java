package heddle.cli.lsp;

import heddle.compiler.frontend.Catalogue;
import heddle.compiler.frontend.function.LanguageFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.Position;

/** What is shown of the name, call or operator under the mouse: its type and shape, and what a function does. */
final class Hovers {
    private Hovers() {}

    /** @param fusion of the same version, when it is known by now */
    static Optional<Hover> at(Analysis analysis, Optional<Fusion> fusion, Position position) {
        Lines lines = analysis.lines();
        Cursor cursor = Cursor.at(lines, lines.offset(position));
        int weight = cursor.keyword("weight", lines);
        boolean inName = cursor.kind() == Cursor.Kind.TEXT && weight >= 0;
        if (cursor.kind() == Cursor.Kind.COMMENT || cursor.kind() == Cursor.Kind.TEXT && !inName) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        int start = inName ? weight : start(cursor, analysis.values());
        if (inName) {
            value("weight", start, analysis).ifPresent(parts::add);
        } else if (cursor.word().isEmpty()) {
            value(
                            lines.text()
                                    .substring(
                                            start,
                                            Math.min(start + 1, lines.text().length()))
                                    .strip(),
                            start,
                            analysis)
                    .ifPresent(parts::add);
        } else {
            name(cursor, analysis, parts);
        }
        fusion.flatMap(f -> Lenses.at(f, start)).ifPresent(parts::add);
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        Hover hover = new Hover(new MarkupContent(MarkupKind.MARKDOWN, String.join("\n\n", parts)));
        if (!inName && !cursor.word().isEmpty()) {
            hover.setRange(lines.range(cursor.start(), cursor.end()));
        }
        return Optional.of(hover);
    }

    /** Where the word begins, or the operator, which may be of two characters. */
    private static int start(Cursor cursor, Values values) {
        boolean second = cursor.word().isEmpty() && !values.has(cursor.offset()) && values.has(cursor.offset() - 1);
        return second ? cursor.offset() - 1 : cursor.start();
    }

    private static void name(Cursor cursor, Analysis analysis, List<String> parts) {
        Optional<Declaration> declared = analysis.names().meant(cursor.start(), cursor.word());
        Optional<LanguageFunction> builtin = Catalogue.find(cursor.word());
        // A value may have the name of a function of the language, which a call still means.
        boolean isCall = analysis.lines().text().startsWith("(", cursor.end());
        if (builtin.isPresent()
                && (declared.isEmpty() || isCall && declared.get().function().isEmpty())) {
            parts.add(code(builtin.get().signature().toString()));
            parts.add(builtin.get().summary() + "\n\nshapes: " + builtin.get().shapes());
            value(cursor.word() + "(…)", cursor.start(), analysis).ifPresent(parts::add);
        } else if (declared.isPresent() && declared.get().function().isPresent()) {
            parts.add(code("fn " + declared.get().usage()));
            comment(declared.get()).ifPresent(parts::add);
            value(cursor.word() + "(…)", cursor.start(), analysis).ifPresent(parts::add);
        } else if (declared.isPresent()) {
            String written = declared.get().kind().text + " " + cursor.word();
            parts.add(value(written, cursor.start(), analysis)
                    .orElseGet(() -> value(written, declared.get().place().start(), analysis)
                            .orElseGet(() -> code(written))));
            comment(declared.get()).ifPresent(parts::add);
        } else {
            value(cursor.word(), cursor.start(), analysis).ifPresent(parts::add);
        }
    }

    private static Optional<String> comment(Declaration declaration) {
        return Optional.of(declaration.comment()).filter(c -> !c.isEmpty());
    }

    /** {@code value scores: f32[B, 8, N, N]}, and the same with lengths; empty where nothing is known of it. */
    private static Optional<String> value(String written, int start, Analysis analysis) {
        String type = analysis.values().text(start);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Long> lengths = analysis.lengths().lengths();
        String bound = analysis.values().text(start, lengths);
        String with = bound.equals(type)
                ? ""
                : lengths.entrySet().stream()
                        .map(e -> e.getKey() + " = " + e.getValue())
                        .collect(Collectors.joining(", ", "\n" + bound + "  // ", ""));
        return Optional.of(code(written + ": " + type + with));
    }

    private static String code(String text) {
        return "```heddle\n" + text + "\n```";
    }
}
