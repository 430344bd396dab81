package heddle.cli.lsp;

import java.util.Optional;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.MessageType;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.services.LanguageClient;

/** What the parts of the server share: the editor, its open documents, and what is known of them. */
final class Session implements Analyses.Listener {
    private final OpenDocuments documents = new OpenDocuments();
    private final Analyses analyses = new Analyses(documents, this);
    private final Messages messages;
    private volatile LanguageClient client;
    private volatile ClientCapabilities capabilities = new ClientCapabilities();

    Session(Places places) {
        messages = new Messages(places);
    }

    void connect(LanguageClient editor) {
        client = editor;
    }

    void setCapabilities(ClientCapabilities of) {
        capabilities = of == null ? new ClientCapabilities() : of;
    }

    LanguageClient client() {
        return client;
    }

    OpenDocuments documents() {
        return documents;
    }

    Analyses analyses() {
        return analyses;
    }

    /** Whether the editor can be told that there are new lenses. */
    boolean takesNewLenses() {
        return Optional.ofNullable(capabilities.getWorkspace())
                .map(w -> w.getCodeLens())
                .map(l -> l.getRefreshSupport())
                .orElse(false);
    }

    /** Whether the editor can be asked for its settings. */
    boolean hasSettings() {
        return Optional.ofNullable(capabilities.getWorkspace())
                .map(w -> w.getConfiguration())
                .orElse(false);
    }

    /** Whether the editor can be asked to tell of files that change. */
    boolean watchesFiles() {
        return Optional.ofNullable(capabilities.getWorkspace())
                .map(w -> w.getDidChangeWatchedFiles())
                .map(f -> f.getDynamicRegistration())
                .orElse(false);
    }

    @Override
    public void analysed(OpenDocument document, Analysis analysis) {
        publish(analysis, Optional.empty());
    }

    @Override
    public void explained(OpenDocument document, Fusion fusion) {
        publish(fusion.analysis(), Optional.of(fusion));
        if (takesNewLenses()) {
            client.refreshCodeLenses();
        }
    }

    private void publish(Analysis analysis, Optional<Fusion> fusion) {
        DocumentText document = analysis.document();
        client.publishDiagnostics(
                new PublishDiagnosticsParams(document.uri(), messages.of(analysis, fusion), document.version()));
    }

    @Override
    public void failed(OpenDocument document, Throwable cause) {
        StringBuilder text = new StringBuilder("a mistake in Heddle: " + cause);
        for (StackTraceElement frame : cause.getStackTrace()) {
            text.append("\n  at ").append(frame);
        }
        client.logMessage(new MessageParams(MessageType.Error, text.toString()));
    }
}
