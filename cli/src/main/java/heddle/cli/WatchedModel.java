package heddle.cli;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.runtime.ModelSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A model with the files that it was read from, which tells when one of them is another. It compares what they hold, so it does
 * not matter how an editor saves them, nor that a file system counts time in seconds. A file that is asked for and is not there
 * belongs to them, too.
 */
final class WatchedModel {
    private final ModelSource files;
    private final Map<String, String> read = new TreeMap<>();

    WatchedModel(ModelSource files) {
        this.files = files;
    }

    /** Where to read the model from: what is read is noted, and what was read before is forgotten. */
    ModelSource source() {
        read.clear();
        return new ModelSource(files.name(), files.directory(), name -> {
            try {
                Optional<SourceFile> file = files.files().apply(name);
                read.put(name, state(file));
                return file;
            } catch (DiagnosticException e) {
                read.put(name, state(e));
                throw e;
            }
        });
    }

    /** The first file that is not as it was read. */
    Optional<String> changed() {
        return read.entrySet().stream()
                .filter(entry -> !now(entry.getKey()).equals(entry.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** What the files hold now, for comparison. */
    Map<String, String> now() {
        return read.keySet().stream().collect(Collectors.toMap(name -> name, this::now));
    }

    private String now(String name) {
        try {
            return state(files.files().apply(name));
        } catch (DiagnosticException e) {
            return state(e);
        }
    }

    private static String state(Optional<SourceFile> file) {
        return file.map(f -> "text " + f.text()).orElse("absent");
    }

    private static String state(DiagnosticException unreadable) {
        return "unreadable " + unreadable.diagnostics();
    }
}
