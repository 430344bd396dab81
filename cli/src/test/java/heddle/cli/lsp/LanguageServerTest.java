package heddle.cli.lsp;

import static heddle.cli.lsp.EditorClient.document;
import static heddle.cli.lsp.EditorClient.get;
import static heddle.cli.lsp.EditorClient.position;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.CodeLens;
import org.eclipse.lsp4j.CodeLensParams;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.FileChangeType;
import org.eclipse.lsp4j.FileEvent;
import org.eclipse.lsp4j.FormattingOptions;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextEdit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an editor sees of models, over standard input and output of a server in its own process. */
class LanguageServerTest {
    private static final String ATTENTION = """
            // -D B=1 N=4096
            dim B, N
            let heads = 8, width = 64
            input q: f32[B, heads, N, width]
            input k: f32[B, heads, N, width]
            input v: f32[B, heads, N, width]
            // Queries with keys.
            fn scores_of(a, b: f32[B, heads, m, d], scale = 1.0) = a @ transpose(b) / sqrt(d) * scale
            let i = iota(N)[:, new]
            let j = iota(N)[new, :]
            let scores = scores_of(q, k)
            output o = softmax(where(j <= i, scores, -inf), axis = -1) @ v
            """;

    @TempDir
    static Path dir;

    private static EditorClient editor;
    private static int files;

    @BeforeAll
    static void start() throws Exception {
        editor = EditorClient.start(dir.resolve("cache"), false);
    }

    @AfterAll
    static void stop() {
        editor.close();
    }

    @AfterEach
    void nothingBroke() {
        assertEquals(List.of(), editor.logged());
    }

    private static Path file() {
        return dir.resolve("model" + files++ + ".heddle");
    }

    private static String opened(String text) throws InterruptedException {
        return opened(file(), text);
    }

    private static String opened(Path file, String text) throws InterruptedException {
        String uri = file.toUri().toString();
        editor.open(uri, text);
        editor.diagnostics(uri, 1);
        return uri;
    }

    private static String hover(String uri, Position at) throws Exception {
        Hover hover = get(editor.server().getTextDocumentService().hover(new HoverParams(document(uri), at)));
        return hover == null ? "" : hover.getContents().getRight().getValue();
    }

    private static List<? extends Location> definition(String uri, Position at) throws Exception {
        return get(editor.server().getTextDocumentService().definition(new DefinitionParams(document(uri), at)))
                .getLeft();
    }

    private static List<CompletionItem> completion(String uri, Position at) throws Exception {
        return get(editor.server().getTextDocumentService().completion(new CompletionParams(document(uri), at)))
                .getLeft();
    }

    private static List<? extends CodeLens> lenses(String uri) throws Exception {
        return get(editor.server().getTextDocumentService().codeLens(new CodeLensParams(document(uri))));
    }

    private static String formatted(String uri, String text) throws Exception {
        List<? extends TextEdit> edits = get(editor.server()
                .getTextDocumentService()
                .formatting(new DocumentFormattingParams(document(uri), new FormattingOptions(4, true))));
        return edits.isEmpty()
                ? text
                : DocumentText.of(uri, 1, text)
                        .changed(
                                2,
                                edits.stream()
                                        .map(e -> new TextDocumentContentChangeEvent(e.getRange(), e.getNewText()))
                                        .toList())
                        .text();
    }

    private static Position behind(Position at, int characters) {
        return new Position(at.getLine(), at.getCharacter() + characters);
    }

    @Test
    void mistakesHaveTheirCodePlaceRelatedPlacesAndHint() throws Exception {
        String text = "dim N\ninput x: f32[N, 64]\ninput factors: f32[32, 8]\noutput y = x @ factors\n";
        String uri = opened(text);
        Diagnostic mistake = editor.diagnostics(uri, 1).getFirst();
        assertEquals("H0302", mistake.getCode().getLeft());
        assertEquals(DiagnosticSeverity.Error, mistake.getSeverity());
        assertEquals("heddle", mistake.getSource());
        assertEquals(3, mistake.getRange().getStart().getLine());
        assertTrue(
                mistake.getRelatedInformation().stream()
                        .anyMatch(r -> r.getLocation().getRange().getStart().getLine() == 2),
                mistake.toString());
        editor.replace(uri, 2, text.replace("x @ factors", "x @ factros"));
        String message = editor.diagnostics(uri, 2).getFirst().getMessage();
        assertTrue(message.contains("`factros` is not declared") && message.contains("hint: "), message);
        editor.replace(uri, 3, text.replace("f32[32, 8]", "f32[64, 8]"));
        assertEquals(List.of(), editor.diagnostics(uri, 3));
    }

    @Test
    void aFileThatIsNoModelAtAllHasMistakesAndNothingElse() throws Exception {
        String uri = opened("%% ((( this is \u00e9 not ] a model\n\"\n\u0000");
        assertFalse(editor.diagnostics(uri, 1).isEmpty());
        assertEquals("", hover(uri, new Position(0, 12)));
        assertEquals(List.of(), definition(uri, new Position(0, 12)));
        assertEquals(List.of(), lenses(uri));
        assertEquals("same", formatted(uri, "same"));
        assertTrue(completion(uri, new Position(9, 9)).stream()
                .anyMatch(i -> i.getLabel().equals("softmax")));
        editor.replace(uri, 2, "");
        assertTrue(editor.diagnostics(uri, 2).isEmpty());
    }

    @Test
    void aFileOfFunctionsNeedsNoOutput() throws Exception {
        String uri = opened("fn twice(x) = x * 2.0\n");
        assertEquals(List.of(), editor.diagnostics(uri, 1));
        editor.replace(uri, 2, "dim N\ninput x: f32[N]\n");
        assertEquals("H0505", editor.diagnostics(uri, 2).getFirst().getCode().getLeft());
    }

    @Test
    void hoverShowsTypesWithAndWithoutLengths() throws Exception {
        String uri = opened(ATTENTION);
        String scores = hover(uri, position(ATTENTION, "let scores", "scores"));
        assertTrue(scores.contains("value scores: f32[B, 8, N, N]\nf32[1, 8, 4096, 4096]  // B = 1, N = 4096"), scores);
        String product = hover(uri, position(ATTENTION, "a @ transpose", "@"));
        assertTrue(product.contains("f32[B, 8, N, N]"), product);
        String length = hover(uri, position(ATTENTION, "width]", "width"));
        assertTrue(length.contains("value width: 64"), length);
        String own = hover(uri, position(ATTENTION, "scores_of(q", "scores_of"));
        assertTrue(own.contains("fn scores_of(a, b: f32[B, heads, m, d], scale = 1.0)"), own);
        assertTrue(own.contains("Queries with keys.") && own.contains("f32[B, 8, N, N]"), own);
        String builtin = hover(uri, position(ATTENTION, "transpose(b)", "transpose"));
        assertTrue(builtin.contains("transpose(x, a = -2, b = -1)") && builtin.contains("swaps two axes"), builtin);
        assertTrue(builtin.contains("f32[B, 8, 64, N]"), builtin);
        assertEquals("", hover(uri, position(ATTENTION, "// Queries", "Queries")));
    }

    @Test
    void hoverGoesOnWhileAStatementIsHalfWritten() throws Exception {
        String uri = opened(ATTENTION);
        editor.replace(uri, 2, ATTENTION.replace("let i =", "let more = (\nlet i ="));
        assertFalse(editor.diagnostics(uri, 2).isEmpty());
        String moved = ATTENTION.replace("let i =", "let more = (\nlet i =");
        String scores = hover(uri, position(moved, "let scores", "scores"));
        assertTrue(scores.contains("f32[B, 8, N, N]"), scores);
    }

    @Test
    void settingsGiveLengthsThatCommentsDoNot() throws Exception {
        String text = "// -D N=7\ndim N, M\ninput x: f32[N, M]\noutput y = x * 2.0\n";
        String uri = opened(text);
        editor.setLengths(Map.of("N", 5, "M", 3));
        editor.server().getWorkspaceService().didChangeConfiguration(new DidChangeConfigurationParams(Map.of()));
        Position at = position(text, "output y", "y");
        String shown = hover(uri, at);
        for (int tries = 0; !shown.contains("f32[7, 3]") && tries < 100; tries++) {
            Thread.sleep(50); // The server asks for the settings first.
            shown = hover(uri, at);
        }
        assertTrue(shown.contains("f32[7, 3]"), shown);
        editor.setLengths(Map.of());
        editor.server().getWorkspaceService().didChangeConfiguration(new DidChangeConfigurationParams(Map.of()));
    }

    @Test
    void aCommentWithWrongLengthsIsWarnedOf() throws Exception {
        String uri = opened("// -D N=7 M=3 N=x\ndim N\ninput x: f32[N]\noutput y = x\n");
        List<Diagnostic> warnings = editor.diagnostics(uri, 1);
        assertEquals(2, warnings.size(), warnings.toString());
        assertTrue(warnings.stream().allMatch(w -> w.getSeverity() == DiagnosticSeverity.Warning));
        assertEquals(
                new Range(new Position(0, 10), new Position(0, 13)),
                warnings.getFirst().getRange());
    }

    @Test
    void definitionsAreFoundHereAndInImportedFiles() throws Exception {
        Path library = Files.writeString(
                dir.resolve("layers.heddle"), "let factor = 2.0\nfn twice(x) = x * factor\n", StandardCharsets.UTF_8);
        String text = """
                import "layers.heddle"
                import "attention.heddle"
                dim N, M
                input x: f32[N, 64]
                fn local(a, scale = 1.0) {
                    let inner = a * scale
                    return twice(inner)
                }
                for l in 0 .. 2 { x = local(x) }
                let name = "w"
                output y = local(x) + factor + weight "{name}.0" : f32[64]
                output z = attention(x, x, x)
                """.replace("for l in 0 .. 2 { x = local(x) }", "let h = x\nfor l in 0 .. 2 { h = local(h) }");
        String uri = opened(text);
        assertEquals(List.of(), editor.diagnostics(uri, 1));
        Map<String, Position> here = Map.of(
                "local(x) + factor|local", position(text, "fn local", "local"),
                "a * scale|a ", position(text, "local(a,", "a,"),
                "a * scale|scale", position(text, "scale = 1.0", "scale"),
                "twice(inner)|inner", position(text, "let inner", "inner"),
                "h = local(h) }|h", position(text, "let h", "h"),
                "f32[N, 64]|N", position(text, "dim N", "N"),
                "{name}.0|name", position(text, "let name", "name"));
        for (Map.Entry<String, Position> one : here.entrySet()) {
            String[] place = one.getKey().split("\\|");
            Location found =
                    definition(uri, position(text, place[0], place[1].strip())).getFirst();
            assertEquals(uri, found.getUri(), one.getKey());
            assertEquals(one.getValue(), found.getRange().getStart(), one.getKey());
        }
        Location twice =
                definition(uri, position(text, "twice(inner)", "twice")).getFirst();
        assertEquals(library.toUri().toString(), twice.getUri());
        assertEquals(new Position(1, 3), twice.getRange().getStart());
        Location factor = definition(uri, position(text, "+ factor", "factor")).getFirst();
        assertEquals(new Position(0, 4), factor.getRange().getStart());
        Location file =
                definition(uri, position(text, "layers.heddle", "layers")).getFirst();
        assertEquals(library.toUri().toString(), file.getUri());
        Location attention =
                definition(uri, position(text, "attention(x", "attention")).getFirst();
        Path copy = Path.of(java.net.URI.create(attention.getUri()));
        String line =
                Files.readAllLines(copy).get(attention.getRange().getStart().getLine());
        assertTrue(line.startsWith("fn attention("), line);
        assertEquals(List.of(), definition(uri, position(text, "input x", "input")));
    }

    @Test
    void completionKnowsNamesInScopeAndFunctions() throws Exception {
        String uri = opened(ATTENTION);
        List<String> labels = completion(uri, behind(position(ATTENTION, "scores, -inf", "scores"), 3)).stream()
                .map(CompletionItem::getLabel)
                .toList();
        assertTrue(labels.containsAll(List.of("scores", "scores_of")), labels.toString());
        assertTrue(labels.stream().allMatch(l -> l.startsWith("sco")), labels.toString());
        // While a statement is half written, in a function that cannot be read then.
        String half = ATTENTION.replace("/ sqrt(d) * scale", "/ sqrt(sca");
        editor.replace(uri, 2, half);
        List<CompletionItem> inner = completion(uri, behind(position(half, "sqrt(sca", "sca"), 3));
        assertTrue(inner.stream().anyMatch(i -> i.getLabel().equals("scale")), inner.toString());
        CompletionItem softmax = completion(uri, position(half, "softmax(", "softmax")).stream()
                .filter(i -> i.getLabel().equals("softmax"))
                .findFirst()
                .orElseThrow();
        assertEquals("softmax(x, axis = -1)", softmax.getDetail());
        assertEquals(List.of(), completion(uri, position(half, "// Queries", "Queries")));
        editor.replace(uri, 3, ATTENTION + "let x = 1.");
        int line = (int) ATTENTION.lines().count();
        assertEquals(List.of(), completion(uri, new Position(line, 10)));
    }

    @Test
    void completionKnowsTheWeightsOfTheFileThatTheManifestNames() throws Exception {
        Path model = file();
        weights(dir.resolve("w.safetensors"), "layer.0.query.weight", "layer.1.query.weight", "layer.1.query.bias");
        Files.writeString(
                dir.resolve(model.getFileName().toString().replace(".heddle", ".properties")),
                "weights = w.safetensors\n");
        String text = "for l in 0 .. 2 {\n  let w = weight \"layer.{l}.que\" : f32[1]\n}\n";
        String uri = opened(model, text);
        List<CompletionItem> items = completion(uri, behind(position(text, "que", "que"), 3));
        assertEquals(
                List.of("layer.{l}.query.weight", "layer.{l}.query.bias"),
                items.stream().map(CompletionItem::getLabel).toList());
        TextEdit edit = items.getFirst().getTextEdit().getLeft();
        assertEquals(position(text, "layer.{l}", "layer"), edit.getRange().getStart());
    }

    private static void weights(Path file, String... names) throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int n = 0; n < names.length; n++) {
            header.append(n == 0 ? "" : ",")
                    .append("\"")
                    .append(names[n])
                    .append("\":{\"dtype\":\"F32\",\"shape\":[1],");
            header.append("\"data_offsets\":[")
                    .append(4 * n)
                    .append(',')
                    .append(4 * n + 4)
                    .append("]}");
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + 4 * names.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(json.length).put(json).array());
    }

    @Test
    void formattingIsThatOfFmtAndKeepsLineBreaks() throws Exception {
        String text = "dim   N\r\ninput x:f32[N]\r\n// \ud83e\uddf5 thread\r\noutput y=x\r\n";
        String uri = opened(text);
        assertEquals("dim N\r\ninput x: f32[N]\r\n// \ud83e\uddf5 thread\r\noutput y = x\r\n", formatted(uri, text));
        String broken = opened("dim   N\noutput = = x\n");
        assertEquals("same", formatted(broken, "same"));
    }

    @Test
    void placesAreCountedInUtf16Units() throws Exception {
        String text =
                "dim N // \ud83e\uddf5\r\ninput x: f32[N]\r\noutput \u00e9 = x\r\noutput y = x + zz // \ud83e\uddf5\r\n";
        String uri = opened(text);
        assertEquals(
                2, editor.diagnostics(uri, 1).getFirst().getRange().getStart().getLine());
        // The second thread goes, and what follows it in the line comes where the client counts it.
        String good = text.replace("\u00e9", "z");
        editor.replace(uri, 2, good);
        assertEquals(
                position(good, "zz", "zz"),
                editor.diagnostics(uri, 2).getFirst().getRange().getStart());
        Position behind = behind(position(good, "zz //", "zz"), 6);
        editor.edit(
                uri, 3, new TextDocumentContentChangeEvent(new Range(new Position(0, 9), new Position(0, 11)), "x"));
        editor.edit(
                uri,
                4,
                new TextDocumentContentChangeEvent(new Range(behind, behind(behind, 1)), "no"),
                new TextDocumentContentChangeEvent(
                        new Range(position(good, "zz", "zz"), behind(position(good, "zz", "zz"), 2)), "x"));
        assertEquals(List.of(), editor.diagnostics(uri, 4));
    }

    @Test
    void lensesSayWhatFusionSavesOrWhyItIsDeclined() throws Exception {
        String uri = opened(ATTENTION);
        CodeLens lens = lenses(uri).getFirst();
        assertEquals("fused: 33.6 MB instead of 4.4 GB", lens.getCommand().getTitle());
        assertEquals(position(ATTENTION, "softmax(", "softmax"), lens.getRange().getStart());
        assertTrue(hover(uri, position(ATTENTION, "softmax(", "softmax")).contains("fused: 33.6 MB"));
        editor.replace(uri, 2, ATTENTION.replace("// -D B=1 N=4096\n", ""));
        String formula = lenses(uri).getFirst().getCommand().getTitle();
        assertTrue(formula.startsWith("fused: 8192*B*N bytes instead of 256*B*N*N + "), formula);
        String declined = ATTENTION
                        .replace(
                                "output o = softmax(where(j <= i, scores, -inf), axis = -1)",
                                "output p = softmax(where(j <= i, scores, -inf), axis = -1)\noutput o = p2")
                        .replace("output p", "let p2")
                + "output p = p2\n";
        editor.replace(uri, 3, declined);
        String why = lenses(uri).getFirst().getCommand().getTitle();
        assertTrue(why.startsWith("declined: the probabilities are an output"), why);
        Diagnostic told = editor.await(
                        uri, p -> p.getVersion() == 3 && !p.getDiagnostics().isEmpty())
                .getDiagnostics()
                .getFirst();
        assertEquals(DiagnosticSeverity.Information, told.getSeverity());
        assertTrue(told.getMessage().contains("not fused: the probabilities are an output"), told.getMessage());
        assertTrue(hover(uri, position(declined, "softmax(", "softmax")).contains("hint: remove the output"));
    }

    @Test
    void attentionOfOneCallIsCountedAtTheCall() throws Exception {
        String text = """
                import "attention.heddle"
                dim N
                input x: f32[N, 64]
                let h = x
                for l in 0 .. 3 {
                    h = attention(h, h, h)
                }
                output y = h
                """;
        String uri = opened(text);
        List<? extends CodeLens> lenses = lenses(uri);
        assertEquals(1, lenses.size(), lenses.toString());
        assertTrue(lenses.getFirst().getCommand().getTitle().startsWith("3 × fused: "), lenses.toString());
        assertEquals(
                position(text, "attention(h", "attention"),
                lenses.getFirst().getRange().getStart());
    }

    @Test
    void mistakesWithTheLengthsOfAFileAreTold() throws Exception {
        String text = "// -D N=600\ndim N\ninput x: f32[512, 4]\ninput q: f32[N, 4]\noutput y = x[0:N] + q\n";
        String uri = opened(text);
        Diagnostic told = editor.await(uri, p -> !p.getDiagnostics().isEmpty())
                .getDiagnostics()
                .getFirst();
        assertTrue(told.getMessage().contains("note: with N = 600"), told.getMessage());
    }

    @Test
    void importedFilesAreReadAsTheyAreNow() throws Exception {
        Path library = dir.resolve("changing.heddle");
        Files.writeString(library, "fn f(x) = x * 2.0\n");
        String text = "import \"changing.heddle\"\ndim N\ninput x: f32[N]\noutput y = f(x)\n";
        String uri = opened(text);
        assertEquals(List.of(), editor.diagnostics(uri, 1));
        editor.forget();
        // Open in the editor and not yet saved.
        String other = library.toUri().toString();
        editor.open(other, "fn g(x) = x * 2.0\n");
        assertEquals(
                "H0202",
                editor.await(uri, p -> !p.getDiagnostics().isEmpty())
                        .getDiagnostics()
                        .getFirst()
                        .getCode()
                        .getLeft());
        editor.forget();
        editor.server().getTextDocumentService().didClose(new DidCloseTextDocumentParams(document(other)));
        editor.await(uri, p -> p.getDiagnostics().isEmpty());
        editor.await(other, p -> p.getDiagnostics().isEmpty() && p.getVersion() == null);
        editor.forget();
        Files.delete(library);
        editor.server()
                .getWorkspaceService()
                .didChangeWatchedFiles(
                        new DidChangeWatchedFilesParams(List.of(new FileEvent(other, FileChangeType.Deleted))));
        assertEquals(
                "H0601",
                editor.await(uri, p -> !p.getDiagnostics().isEmpty())
                        .getDiagnostics()
                        .getFirst()
                        .getCode()
                        .getLeft());
        Files.writeString(library, "fn f(x) = x * 2.0\nfn f(x) = x\n");
        editor.forget();
        editor.server()
                .getWorkspaceService()
                .didChangeWatchedFiles(
                        new DidChangeWatchedFilesParams(List.of(new FileEvent(other, FileChangeType.Created))));
        Diagnostic elsewhere = editor.await(uri, p -> !p.getDiagnostics().isEmpty())
                .getDiagnostics()
                .getFirst();
        assertEquals("H0203", elsewhere.getCode().getLeft());
        assertEquals(0, elsewhere.getRange().getStart().getLine());
        assertEquals(
                other,
                elsewhere.getRelatedInformation().getFirst().getLocation().getUri());
    }

    @Test
    void aDocumentThatIsNotOpenHasNothing() throws Exception {
        String uri = file().toUri().toString();
        editor.replace(uri, 2, "dim N");
        assertNull(get(
                editor.server().getTextDocumentService().hover(new HoverParams(document(uri), new Position(0, 0)))));
        assertEquals(List.of(), lenses(uri));
    }
}
