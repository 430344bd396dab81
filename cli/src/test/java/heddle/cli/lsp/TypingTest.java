package heddle.cli.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody types in a model of 500 lines, a key every 30 to 60 ms, which is faster than anybody does, with mistakes on the way. How long diagnostics take is
 * measured by {@code heddle.bench.EditorBenchmark}.
 */
class TypingTest {
    private static final int LINES = 500;
    private static final int EDITS = 200;
    private static final String URI = "file:///typed.heddle";
    private static final List<String> WORDS = List.of(
            "let more = softmax(x0 @ transpose(x0), axis = -1)",
            "fn own(a, b = 2.0) = a * b",
            "// \ud83e\uddf5 a comment",
            "let broken = ((x0 @",
            "} let",
            "let unknown = nowhere + 1");

    @TempDir
    Path dir;

    private static String model() {
        StringBuilder text = new StringBuilder("dim N\ninput x0: f32[N, 64]\n");
        int layers = (LINES - 3) / 7;
        for (int l = 0; l < layers; l++) {
            text.append("""

                    // Layer LAYER.
                    let q = x @ weight "query.LAYER" : f32[64, 64]
                    let k = x @ weight "key.LAYER" : f32[64, 64]
                    let scores = q @ transpose(k) / 8.0
                    let mixed = softmax(scores, axis = -1) @ x
                    let next = x + gelu(mixed)
                    """.replaceAll("\\b(q|k|scores|mixed)\\b", "$1" + l)
                    .replaceAll("\\bx\\b", "x" + l)
                    .replaceAll("\\bnext\\b", "x" + (l + 1))
                    .replace("LAYER", "" + l));
        }
        text.append("output y = x" + layers + "\n");
        while (text.toString().lines().count() < LINES) {
            text.append("// The end.\n");
        }
        return text.toString();
    }

    @Test
    void theLastDiagnosticsAreThoseOfTheLastText() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String text = model();
        assertEquals(LINES, text.lines().count());
        try (EditorClient editor = EditorClient.start(dir, true)) {
            editor.open(URI, text);
            assertEquals(List.of(), editor.diagnostics(URI, 1), text);
            DocumentText now = DocumentText.of(URI, 1, text);
            String typed = "";
            int at = 0;
            while (now.version() < EDITS) {
                if (typed.isEmpty()) {
                    // Where a line is empty, so that a word does not run into another.
                    int from = random.nextInt(now.text().length());
                    at = Math.max(now.text().indexOf("\n\n", from), now.text().indexOf("\n\n")) + 1;
                    typed = WORDS.get(random.nextInt(WORDS.size()));
                }
                now = edit(editor, now, at, at, typed.substring(0, 1));
                at++;
                typed = typed.substring(1);
                Thread.sleep(30 + random.nextInt(31));
            }
            // What the editor has now, and what it has behind one more mistake.
            String place = "seed " + seed + "\n" + now.text();
            assertEquals(messages(dir, now.text()), messages(editor.diagnostics(URI, now.version())), place);
            now = edit(editor, now, 0, 0, "output wrong = missing\n");
            List<Diagnostic> last = editor.diagnostics(URI, now.version());
            assertFalse(last.isEmpty(), place);
            int version = 0;
            for (PublishDiagnosticsParams published : editor.published()) {
                assertTrue(published.getVersion() >= version, place);
                version = published.getVersion();
            }
            assertEquals(now.version(), version, place);
            assertEquals(List.of(), editor.logged(), place);
        }
    }

    private static DocumentText edit(EditorClient editor, DocumentText now, int from, int to, String typed) {
        Range range = new Lines(now.text()).range(from, to);
        TextDocumentContentChangeEvent change = new TextDocumentContentChangeEvent(range, typed);
        editor.edit(URI, now.version() + 1, change);
        return now.changed(now.version() + 1, List.of(change));
    }

    /** What a server says of a text that was never edited. */
    private static List<String> messages(Path dir, String text) throws Exception {
        try (EditorClient editor = EditorClient.start(dir, true)) {
            editor.open(URI, text);
            return messages(editor.diagnostics(URI, 1));
        }
    }

    private static List<String> messages(List<Diagnostic> diagnostics) {
        return diagnostics.stream()
                .map(d -> d.getRange() + " " + d.getCode() + " " + d.getMessage())
                .toList();
    }
}
