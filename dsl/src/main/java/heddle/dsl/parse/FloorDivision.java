package heddle.dsl.parse;

import heddle.dsl.source.SourceFile;
import java.util.regex.Pattern;

/** Tells where a comment may have been meant as a division: {@code [heads, hidden // heads]}. */
final class FloorDivision {
    static final String HINT = "`//` begins a comment; whole numbers are divided with `div`";

    private static final Pattern COMMENT = Pattern.compile("[ \\t]*//=?[ \\t]*[\\w(]");

    private FloorDivision() {}

    /** Whether a comment that could be an operand follows on the line, from {@code offset} on. */
    static boolean mayFollow(SourceFile file, int offset) {
        return COMMENT.matcher(file.text()).region(offset, file.text().length()).lookingAt();
    }
}
