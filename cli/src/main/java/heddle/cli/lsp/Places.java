package heddle.cli.lsp;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.file.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.lsp4j.Location;

/**
 * Places as editors open them. Files of Heddle's library lie in its jar, where no editor looks: copies of them are put into
 * the cache.
 */
final class Places {
    private static final String LIBRARY = "heddle/lib/";

    /** The addresses of files of the library, by the file. */
    private final Map<SourceFile, String> copies = new ConcurrentHashMap<>();

    /** @param analysis of the document from which the place is looked at */
    Location of(Span span, Analysis analysis) {
        SourceFile file = span.file();
        if (file.name().equals(analysis.document().name())) {
            return new Location(analysis.document().uri(), analysis.lines().range(span.start(), span.end()));
        }
        return new Location(uri(file), new Lines(file.text()).range(span.start(), span.end()));
    }

    private String uri(SourceFile file) {
        return file.name().startsWith(LIBRARY)
                ? copies.computeIfAbsent(file, Places::copied)
                : DocumentText.uri(file.name());
    }

    /** A place that cannot be opened is better than none, where nothing can be written. */
    private static String copied(SourceFile file) {
        try {
            return copy(file);
        } catch (IOException | DiagnosticException e) {
            return "heddle:/" + file.name();
        }
    }

    private static String copy(SourceFile file) throws IOException {
        Path copy = CacheDirectory.ofUser()
                .directory("library")
                .resolve(Integer.toHexString(file.text().hashCode()))
                .resolve(file.name().substring(LIBRARY.length()));
        Files.createDirectories(copy.getParent());
        if (!Files.exists(copy)) {
            AtomicFile.write(copy, file.text());
        }
        return copy.toUri().toString();
    }
}
