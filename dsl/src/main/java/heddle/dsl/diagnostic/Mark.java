package heddle.dsl.diagnostic;

import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a label that falls on one line.
 *
 * @param line    number of the line
 * @param from    first display column
 * @param to      display column after the last, more than {@code from}
 * @param text    the text beside it; empty on all but the last line of a label
 * @param primary whether it is underlined with carets instead of dashes
 */
record Mark(int line, int from, int to, String text, boolean primary) {
    /** A label over several lines is marked on its first and its last. */
    static List<Mark> of(Label label, boolean primary) {
        Span span = label.span();
        SourceFile file = span.file();
        int first = file.position(span.start()).line();
        int last = file.position(Math.max(span.start(), span.end() - 1)).line();
        if (first == last) {
            return List.of(on(first, span.start(), span.end(), label.text(), primary, file));
        }
        int firstEnd = file.lineStart(first) + file.line(first).length();
        String lastLine = file.line(last);
        int lastStart = file.lineStart(last)
                + lastLine.length()
                - lastLine.stripLeading().length();
        List<Mark> marks = new ArrayList<>();
        marks.add(on(first, span.start(), firstEnd, "", primary, file));
        marks.add(on(last, lastStart, span.end(), label.text(), primary, file));
        return marks;
    }

    private static Mark on(int line, int start, int end, String text, boolean primary, SourceFile file) {
        DisplayLine display = new DisplayLine(file.line(line));
        int from = display.column(start - file.lineStart(line));
        int to = display.column(end - file.lineStart(line));
        return new Mark(line, from, Math.max(to, from + 1), text, primary);
    }

    Ink ink() {
        return primary ? Ink.ERROR : Ink.RELATED;
    }

    String underline() {
        return (primary ? "^" : "-").repeat(to - from);
    }
}
