package heddle.dsl.diagnostic;

import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
    /** The diagnostics one after the other, an empty line between them, each line ended. */
    public String render(List<Diagnostic> diagnostics) {
        return diagnostics.stream().map(this::render).collect(Collectors.joining("\n"));
    }

    /** One diagnostic, each line ended. */
    public String render(Diagnostic diagnostic) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row()
                .append("error[" + diagnostic.code().id() + "]", Ink.ERROR)
                .append(": " + diagnostic.message(), Ink.BOLD));
        Map<SourceFile, List<Mark>> marks = marksByFile(diagnostic);
        int gutter = marks.values().stream()
                .flatMap(List::stream)
                .mapToInt(mark -> String.valueOf(mark.line()).length())
                .max()
                .orElse(1);
        places(diagnostic, marks, gutter, rows);
        remarks(diagnostic, gutter, rows);
        return rows.stream().map(row -> row.render(colour) + "\n").collect(Collectors.joining());
    }

    private static Map<SourceFile, List<Mark>> marksByFile(Diagnostic diagnostic) {
        Map<SourceFile, List<Mark>> marks = new LinkedHashMap<>();
        diagnostic.primary().ifPresent(label -> add(marks, label, true));
        diagnostic.related().forEach(label -> add(marks, label, false));
        return marks;
    }

    private static void add(Map<SourceFile, List<Mark>> marks, Label label, boolean primary) {
        marks.computeIfAbsent(label.span().file(), file -> new ArrayList<>()).addAll(Mark.of(label, primary));
    }

    private static void places(Diagnostic diagnostic, Map<SourceFile, List<Mark>> marks, int gutter, List<Row> rows) {
        String arrow = "--> ";
        for (Map.Entry<SourceFile, List<Mark>> entry : marks.entrySet()) {
            Label first = diagnostic
                    .primary()
                    .filter(label -> label.span().file().equals(entry.getKey()))
                    .orElseGet(() -> diagnostic.related().stream()
                            .filter(label -> label.span().file().equals(entry.getKey()))
                            .findFirst()
                            .orElseThrow());
            rows.add(new Row()
                    .put(gutter + 1, arrow, Ink.FRAME)
                    .append(first.span().toString(), Ink.PLAIN));
            rows.add(new Row().put(gutter + 1, "|", Ink.FRAME));
            rows.addAll(Excerpt.rows(entry.getKey(), entry.getValue(), gutter));
            arrow = "::: ";
        }
        if (!marks.isEmpty()
                && (!diagnostic.notes().isEmpty() || diagnostic.hint().isPresent())) {
            rows.add(new Row().put(gutter + 1, "|", Ink.FRAME));
        }
    }

    private static void remarks(Diagnostic diagnostic, int gutter, List<Row> rows) {
        diagnostic.notes().forEach(note -> remark("note", note, Ink.BOLD, gutter, rows));
        diagnostic.hint().ifPresent(hint -> remark("hint", hint, Ink.HINT, gutter, rows));
    }

    /** Lines after the first stand below the first one's text. */
    private static void remark(String kind, String text, Ink ink, int gutter, List<Row> rows) {
        String[] lines = text.split("\n", -1);
        rows.add(new Row().put(gutter + 1, "= ", Ink.FRAME).append(kind, ink).append(": " + lines[0], Ink.PLAIN));
        for (int i = 1; i < lines.length; i++) {
            rows.add(new Row().put(gutter + 3 + kind.length() + 2, lines[i], Ink.PLAIN));
        }
    }
}
