package heddle.dsl.source;

import java.util.Arrays;

/**
 * A text with a name, as the parser reads it and as messages quote it.
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

    /** The text of a line, counted from 1, without its line break; empty past the end. */
    public String line(int number) {
        return Arrays.stream(text.split("\n", -1))
                .skip(number - 1L)
                .findFirst()
                .map(l -> l.endsWith("\r") ? l.substring(0, l.length() - 1) : l)
                .orElse("");
    }

    @Override
    public String toString() {
        return name;
    }
}
