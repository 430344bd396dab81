package heddle.cli.lsp;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The documents that the editor has open, and its settings. */
final class OpenDocuments {
    private final Map<String, OpenDocument> byUri = new ConcurrentHashMap<>();
    private volatile Map<String, Long> lengths = Map.of();

    OpenDocument open(DocumentText text) {
        OpenDocument document = new OpenDocument(text);
        byUri.put(text.uri(), document);
        return document;
    }

    Optional<OpenDocument> close(String uri) {
        return Optional.ofNullable(byUri.remove(uri));
    }

    Optional<OpenDocument> find(String uri) {
        return Optional.ofNullable(byUri.get(uri));
    }

    Collection<OpenDocument> all() {
        return byUri.values();
    }

    /** The text of an open document by the name of its file. */
    Optional<String> text(String name) {
        return byUri.values().stream()
                .map(OpenDocument::text)
                .filter(t -> t.name().equals(name))
                .map(DocumentText::text)
                .findFirst();
    }

    /** Lengths that the settings give, by name. */
    Map<String, Long> lengths() {
        return lengths;
    }

    void setLengths(Map<String, Long> now) {
        lengths = Map.copyOf(now);
    }
}
