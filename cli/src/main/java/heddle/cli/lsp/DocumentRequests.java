package heddle.cli.lsp;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.eclipse.lsp4j.CodeLens;
import org.eclipse.lsp4j.CodeLensParams;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.LocationLink;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.TextDocumentService;

/** Edits of documents, and what the editor asks of them. */
final class DocumentRequests implements TextDocumentService {
    private final Session session;
    private final Definitions definitions;
    private final Completions completions = new Completions(new WeightNames());
    private final Executor requests = Executors.newVirtualThreadPerTaskExecutor();

    DocumentRequests(Session session, Places places) {
        this.session = session;
        definitions = new Definitions(places);
    }

    @Override
    public void didOpen(DidOpenTextDocumentParams params) {
        var opened = params.getTextDocument();
        DocumentText text = DocumentText.of(opened.getUri(), opened.getVersion(), opened.getText());
        session.analyses().renew(session.documents().open(text), text);
        session.analyses().changed(text.name());
    }

    @Override
    public void didChange(DidChangeTextDocumentParams params) {
        session.documents().find(params.getTextDocument().getUri()).ifPresent(document -> {
            DocumentText text =
                    document.text().changed(params.getTextDocument().getVersion(), params.getContentChanges());
            session.analyses().renew(document, text);
            session.analyses().changed(text.name());
        });
    }

    @Override
    public void didClose(DidCloseTextDocumentParams params) {
        String uri = params.getTextDocument().getUri();
        session.documents()
                .close(uri)
                .ifPresent(document -> session.analyses()
                        .close(
                                document,
                                () -> session.client()
                                        .publishDiagnostics(new PublishDiagnosticsParams(uri, List.of()))));
    }

    @Override
    public void didSave(DidSaveTextDocumentParams params) {
        // The text is that of the last edit.
    }

    @Override
    public CompletableFuture<Hover> hover(HoverParams params) {
        return answer(
                params.getTextDocument(),
                null,
                (OpenDocument document) -> document.analysis()
                        .thenApplyAsync(
                                analysis -> Hovers.at(
                                                analysis,
                                                document.explained().filter(f -> f.analysis() == analysis),
                                                params.getPosition())
                                        .orElse(null),
                                requests));
    }

    @Override
    public CompletableFuture<Either<List<? extends Location>, List<? extends LocationLink>>> definition(
            DefinitionParams params) {
        return answer(
                params.getTextDocument(),
                Either.forLeft(List.of()),
                document -> document.analysis()
                        .thenApplyAsync(a -> Either.forLeft(definitions.at(a, params.getPosition())), requests));
    }

    @Override
    public CompletableFuture<Either<List<CompletionItem>, CompletionList>> completion(CompletionParams params) {
        return answer(
                params.getTextDocument(),
                Either.forLeft(List.of()),
                document -> document.analysis()
                        .thenApplyAsync(
                                a -> Either.forLeft(
                                        completions.at(a, document.clean().orElse(a), params.getPosition())),
                                requests));
    }

    @Override
    public CompletableFuture<List<? extends TextEdit>> formatting(DocumentFormattingParams params) {
        return answer(
                params.getTextDocument(),
                List.of(),
                document -> CompletableFuture.supplyAsync(() -> Formatting.of(document.text()), requests));
    }

    /**
     * The lenses that are known by now, where the editor takes word of new ones. Else those of the newest text, which may take a
     * while; one with mistakes has those of the text before.
     */
    @Override
    public CompletableFuture<List<? extends CodeLens>> codeLens(CodeLensParams params) {
        return answer(params.getTextDocument(), List.of(), document -> {
            if (session.takesNewLenses()) {
                return CompletableFuture.supplyAsync(() -> lenses(document), requests);
            }
            return document.analysis()
                    .thenCompose(a -> a.model().isEmpty()
                            ? CompletableFuture.completedFuture(Optional.<Fusion>empty())
                            : document.fusion().thenApply(Optional::of))
                    .thenApplyAsync(f -> lenses(document), requests);
        });
    }

    private static List<CodeLens> lenses(OpenDocument document) {
        DocumentText now = document.text();
        return document.explained()
                .map(fusion -> Lenses.of(fusion, now, new Lines(now.text())))
                .orElse(List.of());
    }

    private <T> CompletableFuture<T> answer(
            TextDocumentIdentifier of, T otherwise, Function<OpenDocument, CompletableFuture<T>> found) {
        return session.documents()
                .find(of.getUri())
                .map(found)
                .orElseGet(() -> CompletableFuture.completedFuture(otherwise));
    }
}
