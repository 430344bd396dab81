package heddle.cli.lsp;

import com.google.gson.JsonObject;
import heddle.runtime.Heddle;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.lsp4j.CodeLensOptions;
import org.eclipse.lsp4j.CompletionOptions;
import org.eclipse.lsp4j.DidChangeWatchedFilesRegistrationOptions;
import org.eclipse.lsp4j.FileSystemWatcher;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.Registration;
import org.eclipse.lsp4j.RegistrationParams;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.ServerInfo;
import org.eclipse.lsp4j.SetTraceParams;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.TextDocumentSyncOptions;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageClientAware;
import org.eclipse.lsp4j.services.LanguageServer;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;

/** The language server: its beginning, what it can do, and its end. */
public final class HeddleServer implements LanguageServer, LanguageClientAware {
    /** Held, for a logger that nobody holds forgets its level. */
    private static final Logger LOG = Logger.getLogger("org.eclipse.lsp4j");

    private final Places places = new Places();
    private final Session session = new Session(places);
    private final DocumentRequests documents = new DocumentRequests(session, places);
    private final WorkspaceEvents workspace = new WorkspaceEvents(session);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean isShutDown;

    private HeddleServer() {}

    /**
     * Serves an editor until it says so, or until nothing comes from it any more.
     *
     * @return whether it ended as the protocol wants it, with {@code shutdown} first
     */
    public static boolean serve(InputStream in, OutputStream out) throws InterruptedException {
        LOG.setLevel(Level.WARNING); // Else it has a stack trace for an editor that ends.
        HeddleServer server = new HeddleServer();
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "heddle messages");
            thread.setDaemon(true);
            return thread;
        });
        Launcher<LanguageClient> launcher = new ParseErrors()
                .setLocalService(server)
                .setRemoteInterface(LanguageClient.class)
                .setInput(in)
                .setOutput(out)
                .setExecutorService(threads)
                .create();
        server.connect(launcher.getRemoteProxy());
        Future<Void> listening = launcher.startListening();
        threads.execute(() -> server.endAfter(listening));
        server.ended.join();
        return server.isShutDown;
    }

    /** Ends when the editor has closed its end, be it because it died. */
    private void endAfter(Future<Void> listening) {
        try {
            listening.get();
        } catch (InterruptedException | ExecutionException e) {
            // The stream is broken, which is another end.
        }
        ended.complete(null);
    }

    @Override
    public void connect(LanguageClient client) {
        session.connect(client);
    }

    @Override
    public CompletableFuture<InitializeResult> initialize(InitializeParams params) {
        session.setCapabilities(params.getCapabilities());
        if (params.getProcessId() != null) {
            ProcessHandle.of(params.getProcessId())
                    .ifPresent(editor -> editor.onExit().thenRun(() -> ended.complete(null)));
        }
        if (params.getInitializationOptions() instanceof JsonObject options) {
            workspace.set(options);
        }
        ServerCapabilities can = new ServerCapabilities();
        TextDocumentSyncOptions sync = new TextDocumentSyncOptions();
        sync.setOpenClose(true);
        sync.setChange(TextDocumentSyncKind.Incremental);
        can.setTextDocumentSync(Either.forRight(sync));
        can.setHoverProvider(true);
        can.setDefinitionProvider(true);
        can.setCompletionProvider(new CompletionOptions(false, List.of("\"", ".")));
        can.setDocumentFormattingProvider(true);
        can.setCodeLensProvider(new CodeLensOptions(false));
        return CompletableFuture.completedFuture(new InitializeResult(can, new ServerInfo("Heddle", Heddle.version())));
    }

    @Override
    public void initialized(InitializedParams params) {
        if (session.hasSettings()) {
            workspace.askForSettings();
        }
        if (session.watchesFiles()) {
            List<FileSystemWatcher> models = List.of(
                    new FileSystemWatcher(Either.forLeft("**/*.heddle")),
                    new FileSystemWatcher(Either.forLeft("**/*.properties")));
            session.client()
                    .registerCapability(new RegistrationParams(List.of(new Registration(
                            "files",
                            "workspace/didChangeWatchedFiles",
                            new DidChangeWatchedFilesRegistrationOptions(models)))));
        }
    }

    @Override
    public void setTrace(SetTraceParams params) {
        // There is nothing to trace.
    }

    @Override
    public CompletableFuture<Object> shutdown() {
        isShutDown = true;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void exit() {
        ended.complete(null);
    }

    @Override
    public TextDocumentService getTextDocumentService() {
        return documents;
    }

    @Override
    public WorkspaceService getWorkspaceService() {
        return workspace;
    }
}
