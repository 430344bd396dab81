package heddle.tests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.Frontend;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.DiagnosticRenderer;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong models, one mistake each, and what is said of them. */
class MisuseTest {
    private static final Path MISUSE = Path.of("src/test/resources/misuse");

    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(MISUSE)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".heddle"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void saysWhatIsWrong(String name) throws IOException {
        List<Diagnostic> found = mistakes(read(name));
        assertFalse(found.isEmpty(), name + " is right");
        String text = new DiagnosticRenderer(false).render(found);
        GoldenFile.check(MISUSE.resolve(name.replace(".heddle", ".expected")), text);
    }

    @Test
    void thereAreEnough() throws IOException {
        assertTrue(files().size() >= 40, files().size() + " files");
    }

    static List<Diagnostic> mistakes(SourceFile file) {
        try {
            return Frontend.elaborate(Parser.parse(file).orThrow(), MisuseTest::find)
                    .warnings();
        } catch (DiagnosticException e) {
            return e.diagnostics();
        }
    }

    private static Optional<SourceFile> find(String path, SourceFile importer) {
        return Files.exists(MISUSE.resolve(path)) ? Optional.of(read(path)) : SourceReader.imported(path, importer);
    }

    /** A file under its short name, so that messages are the same on every machine. */
    private static SourceFile read(String name) {
        return new SourceFile(name, SourceReader.read(MISUSE.resolve(name)).text());
    }
}
