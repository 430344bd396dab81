package heddle.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CodeLensParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;

/** An editor with one model open, in front of a server in a process of its own. It notes when diagnostics come. */
final class EditedModel implements LanguageClient, AutoCloseable {
    private static final String URI = "file:///typed.heddle";
    private static final int LIMIT_SECONDS = 60;

    private final Process process;
    private final LanguageServer server;

    /** When each version was sent, the first at 1, and when diagnostics of it or a later one came; zero when they have not. */
    private final List<Long> sent = new ArrayList<>(List.of(0L));

    private final List<Long> answered = new ArrayList<>(List.of(0L));
    private int lastAnswered;

    EditedModel(List<String> javaOptions) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Xss4m", "-XX:+UseSerialGC"));
        words.addAll(javaOptions);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "heddle.cli.Main", "lsp"));
        process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var launcher = LSPLauncher.createClientLauncher(this, process.getInputStream(), process.getOutputStream());
        launcher.startListening();
        server = launcher.getRemoteProxy();
    }

    /** Opens the model. @return the time until its diagnostics came, in milliseconds from the start of the handshake */
    double open(String text) throws InterruptedException, ExecutionException, TimeoutException {
        long start = System.nanoTime();
        InitializeParams params = new InitializeParams();
        params.setCapabilities(new ClientCapabilities());
        server.initialize(params).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        server.initialized(new InitializedParams());
        int version = begin();
        server.getTextDocumentService()
                .didOpen(new DidOpenTextDocumentParams(new TextDocumentItem(URI, "heddle", version, text)));
        await(version);
        return (System.nanoTime() - start) * 1e-6;
    }

    /** Waits for the lenses of the model. @return how many there are */
    int lenses() throws InterruptedException, ExecutionException, TimeoutException {
        return server.getTextDocumentService()
                .codeLens(new CodeLensParams(new TextDocumentIdentifier(URI)))
                .get(LIMIT_SECONDS, TimeUnit.SECONDS)
                .size();
    }

    int edit(TextDocumentContentChangeEvent change) {
        int version = begin();
        server.getTextDocumentService()
                .didChange(new DidChangeTextDocumentParams(
                        new VersionedTextDocumentIdentifier(URI, version), List.of(change)));
        return version;
    }

    private synchronized int begin() {
        sent.add(System.nanoTime());
        answered.add(0L);
        return sent.size() - 1;
    }

    @Override
    public synchronized void publishDiagnostics(PublishDiagnosticsParams diagnostics) {
        long now = System.nanoTime();
        for (; lastAnswered < diagnostics.getVersion(); lastAnswered++) {
            answered.set(lastAnswered + 1, now);
        }
        notifyAll();
    }

    /** Waits for the diagnostics of a version. */
    synchronized void await(int version) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (lastAnswered < version) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new IllegalStateException("no diagnostics of version " + version);
            }
            wait(1000);
        }
    }

    /** From each key to diagnostics of its version or a later one, in milliseconds. */
    synchronized List<Double> millis(int from, int to) {
        List<Double> millis = new ArrayList<>();
        for (int version = from; version < to; version++) {
            millis.add((answered.get(version) - sent.get(version)) * 1e-6);
        }
        return millis;
    }

    /** The megabytes of the server's heap in use behind a collection. */
    double heap() throws IOException, InterruptedException {
        jcmd("GC.run");
        double kilobytes = jcmd("GC.heap_info")
                .lines()
                .filter(line -> line.matches(".*(DefNew|Tenured).* used \\d+K.*"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll(".* used (\\d+)K.*", "$1")))
                .sum();
        return kilobytes / 1000;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), "" + process.pid(), command)
                .redirectErrorStream(true)
                .start();
        String printed = new String(jcmd.getInputStream().readAllBytes());
        jcmd.waitFor();
        return printed;
    }

    @Override
    public void close() {
        process.destroyForcibly();
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
    public void logMessage(MessageParams message) {
        System.err.println(message.getMessage());
    }
}
