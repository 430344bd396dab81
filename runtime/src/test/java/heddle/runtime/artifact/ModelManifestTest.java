package heddle.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import heddle.runtime.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelManifestTest {
    @TempDir
    Path dir;

    @Test
    void theManifestLiesBesideTheModel() throws IOException {
        Files.writeString(dir.resolve("m.properties"), "# what m needs\r\n\n weights = w.onnx\r\ntokens=7");
        ModelManifest manifest = ModelSource.file(dir.resolve("m.heddle")).manifest();
        assertEquals(Optional.of(new DeclaredFile("w.onnx", Optional.empty())), manifest.weights());
        assertEquals(Optional.empty(), manifest.tokenizer());
        assertEquals(Optional.of(7), manifest.tokens());
    }

    @Test
    void promptsInQuotesHaveEscapes() throws IOException {
        Files.writeString(
                dir.resolve("m.properties"),
                "prompt.a = \"x: \"\nprompt.b = \"say \\\"so\\\"\\n\\\\ \"\nprompt.c = as \\n is\n");
        assertEquals(
                Map.of("a", "x: ", "b", "say \"so\"\n\\ ", "c", "as \\n is"),
                ModelSource.file(dir.resolve("m.heddle")).manifest().texts().prompts());
        assertEquals("prompt.a = \"\\x\"", wrong("prompt.a = \"\\x\"").text());
    }

    @Test
    void aModelNeedsNone() {
        assertEquals(
                Optional.empty(),
                ModelSource.file(dir.resolve("m.heddle")).manifest().weights());
    }

    @Test
    void filesMayHaveSums() throws IOException {
        String sum = "0123456789abcdef".repeat(4);
        Files.writeString(dir.resolve("m.properties"), "weights.sha256 = " + sum + "\nweights = w.onnx\n");
        assertEquals(
                Optional.of(new DeclaredFile("w.onnx", Optional.of(sum))),
                ModelSource.file(dir.resolve("m.heddle")).manifest().weights());
        assertEquals(
                "weights.sha256 = 12", wrong("weights = w\nweights.sha256 = 12").text());
        assertEquals(
                "tokenizer.sha256 = " + sum,
                wrong("weights = w\ntokenizer.sha256 = " + sum).text());
    }

    /** The sums of the example are those of the files that it names. */
    @Test
    void theExampleHasSums() {
        ModelManifest manifest =
                ModelSource.file(Path.of("..", "examples", "minilm.heddle")).manifest();
        assertTrue(manifest.weights().orElseThrow().sha256().isPresent());
        assertTrue(manifest.tokenizer().orElseThrow().sha256().isPresent());
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
        return assertThrows(
                        DiagnosticException.class,
                        () -> ModelSource.file(dir.resolve("m.heddle")).manifest())
                .diagnostics()
                .getFirst()
                .primary()
                .orElseThrow()
                .span();
    }
}
