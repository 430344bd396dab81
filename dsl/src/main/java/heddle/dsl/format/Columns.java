package heddle.dsl.format;

import heddle.dsl.doc.DocPrinter.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Aligns, in lines that follow one another, the types of inputs and the comments at the ends. */
final class Columns {
    /** A comment is not moved further right than this for the sake of alignment. */
    private static final int FARTHEST = 60;

    private Columns() {}

    static String align(List<Line> lines) {
        List<Line> typed = alignStops(lines);
        StringBuilder text = new StringBuilder();
        for (List<Line> run : runs(typed, Columns::endsInComment)) {
            int column = run.stream().mapToInt(Line::width).max().orElseThrow();
            run.forEach(line ->
                    text.append(written(line, endsInComment(line) ? column : 0)).append('\n'));
        }
        return text.toString();
    }

    private static List<Line> alignStops(List<Line> lines) {
        return runs(lines, line -> line.stop() >= 0).stream()
                .flatMap(run -> {
                    int column = run.stream().mapToInt(Line::stop).max().orElseThrow();
                    return run.stream().map(line -> line.stop() < 0 ? line : moved(line, column));
                })
                .toList();
    }

    private static Line moved(Line line, int column) {
        String spaces = " ".repeat(column - line.stop());
        String text =
                line.text().substring(0, line.stop()) + spaces + line.text().substring(line.stop());
        return new Line(line.indent(), text, column, line.comment());
    }

    private static boolean endsInComment(Line line) {
        return !line.comment().isEmpty() && !line.text().isEmpty() && line.width() <= FARTHEST;
    }

    /** Cuts the lines into the longest runs of lines that are all {@code member}, and single other lines. */
    private static List<List<Line>> runs(List<Line> lines, Predicate<Line> member) {
        List<List<Line>> runs = new ArrayList<>();
        boolean open = false;
        for (Line line : lines) {
            boolean belongs = member.test(line);
            if (!belongs || !open) {
                runs.add(new ArrayList<>());
            }
            runs.getLast().add(line);
            open = belongs;
        }
        return runs;
    }

    private static String written(Line line, int commentColumn) {
        String code = line.text().isEmpty() ? "" : " ".repeat(line.indent()) + line.text();
        if (line.comment().isEmpty()) {
            return code;
        }
        String gap =
                code.isEmpty() ? " ".repeat(line.indent()) : " ".repeat(Math.max(0, commentColumn - code.length()) + 2);
        return code + gap + line.comment();
    }
}
