package heddle.dsl.diagnostic;

import java.util.Comparator;
import java.util.List;

/**
 * The columns of a line that are shown: all of them, or of a long line those around the place that a message is about.
 *
 * @param from the first column
 * @param to   the column after the last
 */
record Window(int from, int to) {
    /** The most columns that are shown. */
    private static final int WIDTH = 200;

    /** Columns before the place. */
    private static final int BEFORE = 60;

    private static final String CUT = "…";

    /** Shows the first primary mark, or the first mark of all. */
    static Window of(DisplayLine line, List<Mark> marks) {
        if (line.width() <= WIDTH) {
            return new Window(0, Integer.MAX_VALUE);
        }
        int place = marks.stream()
                .min(Comparator.comparing((Mark m) -> !m.primary()).thenComparing(Mark::from))
                .map(Mark::from)
                .orElse(0);
        int from = Math.clamp(place - BEFORE, 0, line.width() - WIDTH);
        return new Window(from, from + WIDTH);
    }

    String text(DisplayLine line) {
        return from == 0 && to >= line.width()
                ? line.text()
                : (from > 0 ? CUT : "") + line.text(from, to) + (to < line.width() ? CUT : "");
    }

    /** A mark where it is shown; what lies outside is marked at the edge. */
    Mark shown(Mark mark) {
        int cut = from > 0 ? CUT.length() : 0;
        int start = Math.clamp(mark.from(), from, to - 1);
        int end = Math.clamp(mark.to(), start + 1, to);
        return new Mark(mark.line(), start - from + cut, end - from + cut, mark.text(), mark.primary());
    }
}
