package heddle.dsl.format;

import heddle.dsl.doc.DocPrinter.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Aligns the types of inputs, and the comments at line ends, in consecutive lines. */
final class Columns {
    /** Lines whose lengths differ by more are not aligned with each other. */
    private static final int MOST_SPACES = 30;

    private static final int NOT_ALIGNED = -1;

    private Columns() {}

    static String align(List<Line> lines) {
        List<Line> typed = runs(lines, Line::stop).stream()
                .flatMap(run -> {
                    int column = run.stream().mapToInt(Line::stop).max().orElseThrow();
                    return run.stream().map(line -> line.stop() == NOT_ALIGNED ? line : moved(line, column));
                })
                .toList();
        StringBuilder text = new StringBuilder();
        for (List<Line> run : runs(typed, Columns::codeBeforeComment)) {
            int column = run.stream().mapToInt(Columns::codeBeforeComment).max().orElseThrow();
            run.forEach(line -> text.append(written(line, column)).append('\n'));
        }
        return text.toString();
    }

    private static Line moved(Line line, int column) {
        String spaces = " ".repeat(column - line.stop());
        String text =
                line.text().substring(0, line.stop()) + spaces + line.text().substring(line.stop());
        return new Line(line.indent(), text, column, line.comment());
    }

    private static int codeBeforeComment(Line line) {
        return line.comment().isEmpty() || line.text().isEmpty() ? NOT_ALIGNED : line.width();
    }

    /** Splits the lines into runs, each aligned at its greatest {@code column}. A line without one is its own run. */
    private static List<List<Line>> runs(List<Line> lines, ToIntFunction<Line> column) {
        List<List<Line>> runs = new ArrayList<>();
        int least = NOT_ALIGNED;
        int most = NOT_ALIGNED;
        for (Line line : lines) {
            int now = column.applyAsInt(line);
            boolean joins = now != NOT_ALIGNED
                    && least != NOT_ALIGNED
                    && Math.max(most, now) - Math.min(least, now) <= MOST_SPACES;
            least = joins ? Math.min(least, now) : now;
            most = joins ? Math.max(most, now) : now;
            if (!joins) {
                runs.add(new ArrayList<>());
            }
            runs.getLast().add(line);
        }
        return runs;
    }

    private static String written(Line line, int commentColumn) {
        String indent = line.text().isEmpty() && line.comment().isEmpty() ? "" : " ".repeat(line.indent());
        if (line.comment().isEmpty()) {
            return indent + line.text();
        }
        String gap = line.text().isEmpty() ? "" : " ".repeat(commentColumn - line.width() + 2);
        return indent + line.text() + gap + line.comment();
    }
}
