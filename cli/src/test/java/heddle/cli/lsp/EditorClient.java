package heddle.cli.lsp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CodeLensWorkspaceCapabilities;
import org.eclipse.lsp4j.ConfigurationParams;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesCapabilities;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.RegistrationParams;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceClientCapabilities;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;

/** An editor in front of {@code heddle lsp} in a process of its own. */
final class EditorClient implements LanguageClient, AutoCloseable {
    private static final int LIMIT = 120;
    private static final Logger LOG = Logger.getLogger("org.eclipse.lsp4j");

    static {
        LOG.setLevel(Level.WARNING); // Servers that end are no news here.
    }

    private final Process process;
    private final LanguageServer server;
    private final List<PublishDiagnosticsParams> published = new ArrayList<>();
    private final List<String> logged = new ArrayList<>();
    private JsonObject settings = new JsonObject();
    private int refreshes;
    private InitializeResult answer;

    private EditorClient(Process process) {
        this.process = process;
        var launcher = LSPLauncher.createClientLauncher(this, process.getInputStream(), process.getOutputStream());
        launcher.startListening();
        server = launcher.getRemoteProxy();
    }

    /** Starts a server and says hello. @param takesNewLenses whether it may tell of new lenses */
    static EditorClient start(Path cache, boolean takesNewLenses) throws Exception {
        EditorClient editor = new EditorClient(server(cache));
        InitializeParams params = new InitializeParams();
        WorkspaceClientCapabilities can = new WorkspaceClientCapabilities();
        can.setCodeLens(new CodeLensWorkspaceCapabilities(takesNewLenses));
        can.setConfiguration(true);
        can.setDidChangeWatchedFiles(new DidChangeWatchedFilesCapabilities(true));
        ClientCapabilities capabilities = new ClientCapabilities();
        capabilities.setWorkspace(can);
        params.setCapabilities(capabilities);
        editor.answer = get(editor.server.initialize(params));
        editor.server.initialized(new InitializedParams());
        return editor;
    }

    /** A server to which nobody has said anything. */
    static Process server(Path cache) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--add-modules",
                "jdk.incubator.vector",
                "-Xss4m",
                "-XX:+UseSerialGC",
                "heddle.cli.Main",
                "lsp");
        builder.environment().put("HEDDLE_CACHE", cache.toString());
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.get(LIMIT, TimeUnit.SECONDS);
    }

    Process process() {
        return process;
    }

    LanguageServer server() {
        return server;
    }

    InitializeResult answer() {
        return answer;
    }

    void open(String uri, String text) {
        server.getTextDocumentService()
                .didOpen(new DidOpenTextDocumentParams(new TextDocumentItem(uri, "heddle", 1, text)));
    }

    void edit(String uri, int version, TextDocumentContentChangeEvent... changes) {
        server.getTextDocumentService()
                .didChange(new DidChangeTextDocumentParams(
                        new VersionedTextDocumentIdentifier(uri, version), List.of(changes)));
    }

    void replace(String uri, int version, String text) {
        edit(uri, version, new TextDocumentContentChangeEvent(text));
    }

    /** The diagnostics of a version, perhaps before its fusion was looked at. */
    List<Diagnostic> diagnostics(String uri, int version) throws InterruptedException {
        return await(uri, p -> p.getVersion() != null && p.getVersion() == version)
                .getDiagnostics();
    }

    /** The first diagnostics of a document that are as wanted, now or when they come. */
    synchronized PublishDiagnosticsParams await(String uri, Predicate<PublishDiagnosticsParams> wanted)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT);
        while (true) {
            for (PublishDiagnosticsParams p : published) {
                if (p.getUri().equals(uri) && wanted.test(p)) {
                    return p;
                }
            }
            assertTrue(process.isAlive(), "the server has ended: " + logged);
            assertTrue(System.nanoTime() < end, "only " + published + ", logged " + logged);
            wait(500);
        }
    }

    synchronized void forget() {
        published.clear();
    }

    synchronized List<PublishDiagnosticsParams> published() {
        return List.copyOf(published);
    }

    synchronized List<String> logged() {
        return List.copyOf(logged);
    }

    synchronized void awaitRefresh() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT);
        while (refreshes == 0) {
            assertTrue(System.nanoTime() < end, "nothing was said of new lenses, logged " + logged);
            wait(500);
        }
        refreshes = 0;
    }

    synchronized void setLengths(Map<String, Integer> lengths) {
        JsonObject given = new JsonObject();
        lengths.forEach(given::addProperty);
        settings = new JsonObject();
        settings.add("lengths", given);
    }

    @Override
    public synchronized void publishDiagnostics(PublishDiagnosticsParams diagnostics) {
        published.add(diagnostics);
        notifyAll();
    }

    @Override
    public synchronized CompletableFuture<Void> refreshCodeLenses() {
        refreshes++;
        notifyAll();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletableFuture<List<Object>> configuration(ConfigurationParams params) {
        return CompletableFuture.completedFuture(
                Stream.<Object>of(settings).limit(params.getItems().size()).toList());
    }

    @Override
    public CompletableFuture<Void> registerCapability(RegistrationParams params) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void logMessage(MessageParams message) {
        logged.add(message.getMessage());
    }

    @Override
    public void telemetryEvent(Object event) {}

    @Override
    public void showMessage(MessageParams message) {}

    @Override
    public CompletableFuture<MessageActionItem> showMessageRequest(ShowMessageRequestParams params) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    static TextDocumentIdentifier document(String uri) {
        return new TextDocumentIdentifier(uri);
    }

    /** Where a word stands in the first line that has a text, counted in UTF-16 units. */
    static Position position(String text, String line, String word) {
        String[] lines = text.split("\r\n|\n", -1);
        for (int n = 0; n < lines.length; n++) {
            int at = lines[n].indexOf(line);
            if (at >= 0) {
                return new Position(n, at + line.indexOf(word));
            }
        }
        throw new IllegalArgumentException(line);
    }
}
