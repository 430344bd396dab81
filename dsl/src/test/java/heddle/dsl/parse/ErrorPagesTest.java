package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of each mistake shows it in its first example and how it is mended in its second. */
class ErrorPagesTest {
    private static final Pattern EXAMPLE = Pattern.compile("```heddle\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @EnumSource
    void examplesDoWhatThePageSays(SyntaxCode code) throws IOException {
        String page = Files.readString(Path.of("..", "docs", "errors", code.id() + ".md"));
        String heading = page.lines().findFirst().orElseThrow();
        assertEquals(
                "# " + code.id() + ": " + code.title(),
                heading.toLowerCase(Locale.ROOT).replace("h0", "H0"));

        List<String> examples =
                EXAMPLE.matcher(page).results().map(m -> m.group(1)).toList();
        List<Diagnostic> wrong = diagnostics(examples.get(0));
        assertTrue(wrong.stream().anyMatch(d -> d.code() == code), wrong.toString());
        assertEquals(List.of(), diagnostics(examples.get(1)));
    }

    private static List<Diagnostic> diagnostics(String text) {
        return Parser.parse(new SourceFile("example.heddle", text)).diagnostics();
    }
}
