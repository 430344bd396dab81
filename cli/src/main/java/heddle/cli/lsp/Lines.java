package heddle.cli.lsp;

import java.util.Arrays;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;

/**
 * The lines of a text as the protocol counts them: from zero, columns in UTF-16 code units, ended by {@code \n}, {@code \r\n}
 * or {@code \r}. Offsets are those of Java's strings, whose units are the same.
 */
final class Lines {
    private final String text;
    private final int[] starts;

    Lines(String text) {
        this.text = text;
        int[] found = new int[16];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ends = c == '\n' || c == '\r' && !(i + 1 < text.length() && text.charAt(i + 1) == '\n');
            if (ends) {
                found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
                found[count++] = i + 1;
            }
        }
        starts = Arrays.copyOf(found, count);
    }

    String text() {
        return text;
    }

    /** The offset of a position; one behind the end of its line, or of the text, is that end. */
    int offset(Position position) {
        if (position.getLine() < 0) {
            return 0;
        }
        if (position.getLine() >= starts.length) {
            return text.length();
        }
        int start = starts[position.getLine()];
        return Math.clamp((long) start + position.getCharacter(), start, end(position.getLine()));
    }

    /** Where a line ends, its line break left out. */
    private int end(int line) {
        int end = line + 1 < starts.length ? starts[line + 1] : text.length();
        while (end > starts[line] && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return end;
    }

    Position position(int offset) {
        int at = Math.clamp(offset, 0, text.length());
        int found = Arrays.binarySearch(starts, at);
        int line = found >= 0 ? found : -found - 2;
        return new Position(line, at - starts[line]);
    }

    Range range(int start, int end) {
        return new Range(position(start), position(end));
    }

    /** The text of the line around an offset, up to that offset. */
    String before(int offset) {
        return text.substring(starts[position(offset).getLine()], offset);
    }
}
