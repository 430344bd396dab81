package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.op.gradient.GradientCode;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of each mistake shows it in its first example and how it is mended in its second. */
class ErrorPagesTest {
    private static final Pattern EXAMPLE = Pattern.compile("```heddle\n(.*?)```", Pattern.DOTALL);
    private static final String NAME = "example.heddle";

    @ParameterizedTest
    @EnumSource
    void examplesDoWhatThePageSays(FrontendCode code) throws IOException {
        check(code);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NO_GRADIENT", "NO_BUDGET"})
    void examplesOfGradientsDoWhatThePageSays(GradientCode code) throws IOException {
        check(code);
    }

    private static void check(DiagnosticCode code) throws IOException {
        String page = Files.readString(Path.of("..", "docs", "errors", code.id() + ".md"));
        String heading = page.lines().findFirst().orElseThrow();
        assertTrue(heading.equalsIgnoreCase("# " + code.id() + ": " + code.title()), heading);

        List<String> examples =
                EXAMPLE.matcher(page).results().map(m -> m.group(1)).toList();
        assertEquals(
                List.of(code),
                diagnostics(examples.get(0)).stream().map(Diagnostic::code).toList());
        assertEquals(List.of(), diagnostics(examples.get(1)));
    }

    private static List<Diagnostic> diagnostics(String text) {
        try {
            return Frontend.elaborate(
                            Parser.parse(new SourceFile(NAME, text)).orThrow(), (path, importer) -> find(path, text))
                    .warnings();
        } catch (DiagnosticException e) {
            return e.diagnostics();
        }
    }

    /** The files that examples import. */
    private static Optional<SourceFile> find(String path, String example) {
        return switch (path) {
            case NAME -> Optional.of(new SourceFile(NAME, example));
            case "circle.heddle" -> Optional.of(new SourceFile(path, "import \"" + NAME + "\""));
            case "inputs.heddle" -> Optional.of(new SourceFile(path, "input z: f32[1]"));
            case "encoder.heddle" -> Optional.of(new SourceFile(path, "fn linear(x) = x"));
            default -> Optional.empty();
        };
    }
}
