package heddle.cli.lsp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.ConfigurationItem;
import org.eclipse.lsp4j.ConfigurationParams;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.services.WorkspaceService;

/** Settings of the editor, and files that change outside it. */
final class WorkspaceEvents implements WorkspaceService {
    private static final String SECTION = "heddle";
    private static final String LENGTHS = "lengths";

    private final Session session;

    WorkspaceEvents(Session session) {
        this.session = session;
    }

    /** Asks the editor for its settings. */
    void askForSettings() {
        ConfigurationItem item = new ConfigurationItem();
        item.setSection(SECTION);
        session.client().configuration(new ConfigurationParams(List.of(item))).thenAccept(answers -> {
            if (answers != null && !answers.isEmpty()) {
                set(answers.getFirst());
            }
        });
    }

    @Override
    public void didChangeConfiguration(DidChangeConfigurationParams params) {
        if (session.hasSettings()) {
            askForSettings();
        } else if (params.getSettings() instanceof JsonObject all && all.has(SECTION)) {
            set(all.get(SECTION));
        }
    }

    /** @param settings {@code {"lengths": {"B": 1, "N": 512}}} */
    void set(Object settings) {
        Map<String, Long> lengths = new HashMap<>();
        if (settings instanceof JsonObject all && all.get(LENGTHS) instanceof JsonObject given) {
            for (Map.Entry<String, JsonElement> one : given.entrySet()) {
                if (one.getValue() instanceof JsonPrimitive value && value.isNumber()) {
                    double length = value.getAsDouble();
                    if (length >= 0 && length <= Integer.MAX_VALUE && length == Math.rint(length)) {
                        lengths.put(one.getKey(), (long) length);
                    }
                }
            }
        }
        if (!lengths.equals(session.documents().lengths())) {
            session.documents().setLengths(lengths);
            session.analyses().renewAll();
        }
    }

    @Override
    public void didChangeWatchedFiles(DidChangeWatchedFilesParams params) {
        params.getChanges().forEach(change -> session.analyses().changed(DocumentText.name(change.getUri())));
    }
}
