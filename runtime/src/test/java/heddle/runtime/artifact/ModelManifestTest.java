package heddle.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelManifestTest {
    @TempDir
    Path dir;

    @Test
    void theManifestLiesBesideTheModel() throws IOException {
        Files.writeString(dir.resolve("m.properties"), "# what m needs\r\n\n weights = w.onnx\r\ntokens=7");
        ModelManifest manifest = ModelManifest.of(dir.resolve("m.heddle"));
        assertEquals(Optional.of("w.onnx"), manifest.weights());
        assertEquals(Optional.empty(), manifest.tokenizer());
        assertEquals(Optional.of(7), manifest.tokens());
    }

    @Test
    void aModelNeedsNone() {
        assertEquals(Optional.empty(), ModelManifest.of(dir.resolve("m.heddle")).weights());
    }

    @Test
    void mistakesAreUnderlined() throws IOException {
        assertEquals("  wieghts = x", wrong("# a\n  wieghts = x\n").text());
        assertEquals("weights", wrong("weights").text());
        assertEquals("tokens = many", wrong("\ntokens = many").text());
        assertEquals("tokens = 0", wrong("tokens = 0").text());
    }

    private Span wrong(String text) throws IOException {
        Files.writeString(dir.resolve("m.properties"), text);
        return assertThrows(DiagnosticException.class, () -> ModelManifest.of(dir.resolve("m.heddle")))
                .diagnostics()
                .getFirst()
                .primary()
                .orElseThrow()
                .span();
    }
}
