package heddle.dsl.diagnostic;

import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The lines of one file that a message refers to, underlined. A text that does not fit beside its underline hangs below
 * it:
 *
 * <pre>
 * 4 | let z = x + y
 *   |         -   ^ this is f32[8]
 *   |         |
 *   |         this is f32[4]
 * </pre>
 */
final class Excerpt {
    private final SourceFile file;
    private final TreeMap<Integer, List<Mark>> marks;
    private final int gutter;
    private final List<Row> rows = new ArrayList<>();

    private Excerpt(SourceFile file, List<Mark> marks, int gutter) {
        this.file = file;
        this.marks = marks.stream().collect(Collectors.groupingBy(Mark::line, TreeMap::new, Collectors.toList()));
        this.gutter = gutter;
    }

    /** @param gutter columns that line numbers take */
    static List<Row> rows(SourceFile file, List<Mark> marks, int gutter) {
        Excerpt excerpt = new Excerpt(file, marks, gutter);
        excerpt.draw();
        return excerpt.rows;
    }

    private void draw() {
        int previous = 0;
        for (int line : marks.keySet()) {
            if (previous > 0 && line == previous + 2) {
                DisplayLine between = new DisplayLine(file.line(line - 1));
                source(line - 1, Window.of(between, List.of()).text(between));
            } else if (previous > 0 && line > previous + 2) {
                rows.add(new Row().put(0, "...", Ink.FRAME));
            }
            DisplayLine display = new DisplayLine(file.line(line));
            Window window = Window.of(display, marks.get(line));
            source(line, window.text(display));
            underline(marks.get(line).stream().map(window::shown).toList());
            previous = line;
        }
    }

    private void source(int line, String text) {
        String number = " ".repeat(gutter - String.valueOf(line).length()) + line;
        rows.add(new Row().append(number + " | ", Ink.FRAME).append(text, Ink.PLAIN));
    }

    private void underline(List<Mark> onLine) {
        List<Mark> leftToRight = onLine.stream()
                .sorted(Comparator.comparingInt(Mark::from).thenComparing(Mark::primary))
                .toList();
        Row underlines = framed();
        leftToRight.stream().filter(m -> !m.primary()).forEach(m -> put(underlines, m.from(), m.underline(), m.ink()));
        leftToRight.stream().filter(Mark::primary).forEach(m -> put(underlines, m.from(), m.underline(), m.ink()));
        rows.add(underlines);

        List<Mark> hanging = new ArrayList<>(
                leftToRight.stream().filter(m -> !m.text().isEmpty()).toList());
        int end = leftToRight.stream().mapToInt(Mark::to).max().orElseThrow();
        if (!hanging.isEmpty() && hanging.getLast().to() == end && fitsBeside(hanging.getLast(), leftToRight)) {
            Mark beside = hanging.removeLast();
            put(underlines, end + 1, beside.text(), beside.ink());
        }
        hang(hanging);
    }

    /** Whether nothing else ends where the text would stand, so that it is plain whose text it is. */
    private static boolean fitsBeside(Mark mark, List<Mark> all) {
        Predicate<Mark> ambiguous = other ->
                other != mark && other.to() == mark.to() && !other.text().isEmpty();
        return all.stream().noneMatch(ambiguous) && !mark.text().contains("\n");
    }

    /** Writes the remaining texts below their underlines, from right to left, with bars that lead down to them. */
    private void hang(List<Mark> marksLeft) {
        while (!marksLeft.isEmpty()) {
            Row bars = framed();
            marksLeft.forEach(m -> put(bars, m.from(), "|", m.ink()));
            rows.add(bars);
            int column = marksLeft.getLast().from();
            while (!marksLeft.isEmpty() && marksLeft.getLast().from() == column) {
                Mark mark = marksLeft.removeLast();
                for (String textLine : mark.text().split("\n", -1)) {
                    Row row = framed();
                    marksLeft.stream().filter(m -> m.from() < column).forEach(m -> put(row, m.from(), "|", m.ink()));
                    put(row, column, textLine, mark.ink());
                    rows.add(row);
                }
            }
        }
    }

    private Row framed() {
        return new Row().put(gutter + 1, "|", Ink.FRAME);
    }

    private void put(Row row, int column, String text, Ink ink) {
        row.put(gutter + 3 + column, text, ink);
    }
}
