package heddle.dsl.diagnostic;

import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes diagnostics for a terminal:
 *
 * <pre>
 * error[H0114]: comparisons do not chain
 *   --> model.heddle:4:15
 *   |
 * 4 | let k = a &lt; b &lt; c
 *   |           -   ^
 *   |           |
 *   |           the first comparison
 *   |
 *   = hint: join two comparisons with `and`: `a &lt; b and b &lt; c`
 * </pre>
 *
 * @param colour whether to paint with ANSI escape sequences
 */
public record DiagnosticRenderer(boolean colour) {
    /** The most characters of each part: texts and names in a model may be of any length. */
    private static final int MESSAGE = 1000;

    private static final int LABEL = 160;
    private static final int REMARK = 4000;

    /** The diagnostics one after the other, an empty line between them, each line ended. */
    public String render(List<Diagnostic> diagnostics) {
        return diagnostics.stream().map(this::render).collect(Collectors.joining("\n"));
    }

    /** One diagnostic, each line ended. */
    public String render(Diagnostic diagnostic) {
        List<Row> rows = new ArrayList<>();
        String severity = diagnostic.code().severity().name().toLowerCase(Locale.ROOT);
        rows.add(new Row()
                .append(severity + "[" + diagnostic.code().id() + "]", Ink.ERROR)
                .append(": " + shortened(diagnostic.message(), MESSAGE), Ink.BOLD));
        rows.addAll(below(diagnostic.primary(), diagnostic.related(), diagnostic.notes(), diagnostic.hint()));
        return text(rows);
    }

    /** The lines that {@link #render} writes below the first, for text that is not a mistake; each line is ended. */
    public String excerpt(Optional<Label> primary, List<Label> related, Optional<String> hint) {
        return text(below(primary, related, List.of(), hint));
    }

    private String text(List<Row> rows) {
        return rows.stream().map(row -> row.render(colour) + "\n").collect(Collectors.joining());
    }

    private static List<Row> below(
            Optional<Label> primary, List<Label> related, List<String> notes, Optional<String> hint) {
        Map<SourceFile, List<Mark>> marks = new LinkedHashMap<>();
        primary.ifPresent(label -> add(marks, label, true));
        related.forEach(label -> add(marks, label, false));
        int gutter = marks.values().stream()
                .flatMap(List::stream)
                .mapToInt(mark -> String.valueOf(mark.line()).length())
                .max()
                .orElse(1);
        List<Row> rows = new ArrayList<>();
        places(Stream.concat(primary.stream(), related.stream()).toList(), marks, gutter, rows);
        if (!marks.isEmpty() && (!notes.isEmpty() || hint.isPresent())) {
            rows.add(new Row().put(gutter + 1, "|", Ink.FRAME));
        }
        notes.forEach(note -> remark("note", note, Ink.BOLD, gutter, rows));
        hint.ifPresent(text -> remark("hint", text, Ink.HINT, gutter, rows));
        return rows;
    }

    private static void add(Map<SourceFile, List<Mark>> marks, Label label, boolean primary) {
        Label shown = new Label(label.span(), shortened(label.text(), LABEL));
        marks.computeIfAbsent(label.span().file(), file -> new ArrayList<>()).addAll(Mark.of(shown, primary));
    }

    private static String shortened(String text, int most) {
        return text.length() <= most
                ? text
                : text.substring(0, most * 2 / 3) + " … " + text.substring(text.length() - most / 4);
    }

    private static void places(List<Label> labels, Map<SourceFile, List<Mark>> marks, int gutter, List<Row> rows) {
        String arrow = "--> ";
        for (Map.Entry<SourceFile, List<Mark>> entry : marks.entrySet()) {
            Label first = labels.stream()
                    .filter(label -> label.span().file().equals(entry.getKey()))
                    .findFirst()
                    .orElseThrow();
            rows.add(new Row()
                    .put(gutter + 1, arrow, Ink.FRAME)
                    .append(first.span().toString(), Ink.PLAIN));
            rows.add(new Row().put(gutter + 1, "|", Ink.FRAME));
            rows.addAll(Excerpt.rows(entry.getKey(), entry.getValue(), gutter));
            arrow = "::: ";
        }
    }

    /** Lines after the first stand below the first one's text. */
    private static void remark(String kind, String text, Ink ink, int gutter, List<Row> rows) {
        String[] lines = shortened(text, REMARK).split("\n", -1);
        rows.add(new Row().put(gutter + 1, "= ", Ink.FRAME).append(kind, ink).append(": " + lines[0], Ink.PLAIN));
        for (int i = 1; i < lines.length; i++) {
            rows.add(new Row().put(gutter + 3 + kind.length() + 2, lines[i], Ink.PLAIN));
        }
    }
}
