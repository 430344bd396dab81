package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImportsTest {
    private static final Map<String, String> FILES = Map.of(
            "base", "let width = 8",
            "left", "import \"base\"\nfn left(x) = x[:, 0:width]",
            "right", "import \"base\"\nfn right(x) = x[:, width:]",
            "wrong", "fn wrong(x = x",
            "one", "import \"two\"",
            "two", "import \"one\"");

    private static Model elaborate(String... lines) {
        SourceFile main = new SourceFile("main", String.join("\n", lines));
        return Frontend.elaborate(
                Parser.parse(main).orThrow(),
                (path, importer) -> Optional.ofNullable(FILES.get(path)).map(text -> new SourceFile(path, text)));
    }

    private static List<String> codes(String... lines) {
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> elaborate(lines));
        return e.diagnostics().stream().map(d -> d.code().id()).toList();
    }

    @Test
    void aFileThatTwoImportIsReadOnce() {
        Model m = elaborate(
                "import \"left\"", "import \"right\"", "input x: f32[4, 20]", "output y = concat([right(x), left(x)])");
        assertEquals("f32[4, 20]", m.graph().outputs().get("y").type().toString());
        assertEquals(
                List.of("main", "left", "base", "right"),
                m.files().stream().map(SourceFile::name).toList());
    }

    @Test
    void importedNamesKeepTheirValue() {
        assertEquals(List.of("H0207"), codes("import \"base\"", "width = 4", "output y = iota(width)"));
    }

    @Test
    void namesOfAFileThatFailedAreNotMissed() {
        assertEquals(List.of("H0601"), codes("import \"nowhere\"", "output y = iota(something(else_))"));
        assertEquals(List.of("H0102"), codes("import \"wrong\"", "output y = wrong(1)"));
    }

    @Test
    void circlesAreFound() {
        assertEquals(List.of("H0602"), codes("import \"one\"", "output y = iota(3)"));
    }
}
