package heddle.dsl.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.dsl.RandomProgram;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Formatting random programs keeps their meaning and their comments, and formatting twice is formatting once. */
class FormatterPropertyTest {
    private static final int PROGRAMS = 150;
    private static final Pattern NOTE = Pattern.compile("// note \\d+");

    @Test
    void keepsMeaningAndCommentsAndIsIdempotent() {
        for (long seed = 0; seed < PROGRAMS; seed++) {
            String text = RandomProgram.of(seed);
            String once = format(text);
            assertEquals(meaning(text), meaning(once), "seed " + seed + "\n" + text);
            assertEquals(notes(text), notes(once), "seed " + seed);
            assertEquals(once, format(once), "seed " + seed);
        }
    }

    private static List<String> notes(String text) {
        return NOTE.matcher(text).results().map(MatchResult::group).sorted().toList();
    }

    private static String format(String text) {
        return Formatter.format(new SourceFile("t.heddle", text));
    }

    /** The syntax tree in words, without places. */
    private static String meaning(String text) {
        return Parser.parse(new SourceFile("t.heddle", text))
                .orThrow()
                .items()
                .toString()
                .replaceAll("t\\.heddle:\\d+:\\d+", "@");
    }
}
