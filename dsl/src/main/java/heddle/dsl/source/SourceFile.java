package heddle.dsl.source;

/**
 * A source text with a name, as the parser reads it and messages quote it.
 *
 * @param name the path as the user wrote it; messages print it unchanged
 * @param text the whole text
 */
public record SourceFile(String name, String text) {
    /** A place as people count it: first line 1, first column 1, columns in Unicode code points. */
    public record Position(int line, int column) {}

    /** Where the character at {@code offset} stands. */
    public Position position(int offset) {
        int end = Math.clamp(offset, 0, text.length());
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new Position(line, text.codePointCount(lineStart, end) + 1);
    }

    /** The offset at which a line, counted from 1, begins; the length of the text for lines past the end. */
    public int lineStart(int line) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            int lineBreak = text.indexOf('\n', start);
            if (lineBreak < 0) {
                return text.length();
            }
            start = lineBreak + 1;
        }
        return start;
    }

    /** The text of a line, counted from 1, without its line break; empty past the end. */
    public String line(int number) {
        int start = lineStart(number);
        int end = text.indexOf('\n', start);
        String line = text.substring(start, end < 0 ? text.length() : end);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    @Override
    public String toString() {
        return name;
    }
}
