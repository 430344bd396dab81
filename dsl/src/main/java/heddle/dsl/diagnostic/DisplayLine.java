package heddle.dsl.diagnostic;

/**
 * A source line as a terminal shows it: tabs become spaces, control characters become visible, and widths are counted.
 */
final class DisplayLine {
    private static final int TAB_STOP = 4;

    private final StringBuilder text = new StringBuilder();
    private final int[] columns;

    DisplayLine(String line) {
        columns = new int[line.length() + 1];
        int column = 0;
        for (int i = 0; i < line.length(); ) {
            int codePoint = line.codePointAt(i);
            int next = i + Character.charCount(codePoint);
            for (int j = i; j < next; j++) {
                columns[j] = column;
            }
            if (codePoint == '\t') {
                int spaces = TAB_STOP - column % TAB_STOP;
                text.repeat(' ', spaces);
                column += spaces;
            } else if (Character.isISOControl(codePoint)) {
                text.append('\ufffd');
                column++;
            } else {
                text.appendCodePoint(codePoint);
                column += width(codePoint);
            }
            i = next;
        }
        columns[line.length()] = column;
    }

    String text() {
        return text.toString();
    }

    /** What stands from one column up to another. */
    String text(int from, int to) {
        StringBuilder part = new StringBuilder();
        int column = 0;
        for (int codePoint : text.codePoints().toArray()) {
            if (column >= from && column < to) {
                part.appendCodePoint(codePoint);
            }
            column += width(codePoint);
        }
        return part.toString();
    }

    int width() {
        return columns[columns.length - 1];
    }

    /** The column, from 0, at which the character with this index in the line is shown; the width for its end. */
    int column(int index) {
        return columns[Math.clamp(index, 0, columns.length - 1)];
    }

    /** Columns that a character takes: 2 for East Asian wide forms and pictures, 0 for marks on the one before. */
    private static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = codePoint >= 0x1100 && codePoint <= 0x115f
                || codePoint >= 0x2e80 && codePoint <= 0xa4cf
                || codePoint >= 0xac00 && codePoint <= 0xd7a3
                || codePoint >= 0xf900 && codePoint <= 0xfaff
                || codePoint >= 0xfe30 && codePoint <= 0xfe6f
                || codePoint >= 0xff00 && codePoint <= 0xff60
                || codePoint >= 0xffe0 && codePoint <= 0xffe6
                || codePoint >= 0x1f300 && codePoint <= 0x1faff
                || codePoint >= 0x20000 && codePoint <= 0x3fffd;
        return wide ? 2 : 1;
    }
}
