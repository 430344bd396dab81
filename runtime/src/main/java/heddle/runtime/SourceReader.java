package heddle.runtime;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads model files. An import names a file relative to the one that imports it, or else one of the library that ships
 * with Heddle.
 */
public final class SourceReader {
    private static final String LIBRARY = "/heddle/lib/";

    private SourceReader() {}

    /** A file as text; its name is the path as given. */
    public static SourceFile read(Path file) {
        try {
            return new SourceFile(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw unreadable("there is no file " + file, "");
        } catch (CharacterCodingException e) {
            throw unreadable(file + " is not UTF-8 text", "a model is a text file that ends in .heddle");
        } catch (IOException e) {
            throw unreadable(file + " cannot be read: " + e.getMessage(), "");
        }
    }

    /** The file that {@code import "path"} means in {@code importer}. */
    public static Optional<SourceFile> imported(String path, SourceFile importer) {
        Path file = Path.of(importer.name()).resolveSibling(path).normalize();
        if (Files.isRegularFile(file)) {
            return Optional.of(read(file));
        }
        String name = LIBRARY + path;
        try (InputStream in = SourceReader.class.getResourceAsStream(name)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(
                            new SourceFile(name.substring(1), new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw unreadable("the library file " + path + " cannot be read: " + e.getMessage(), "");
        }
    }

    private static DiagnosticException unreadable(String message, String hint) {
        Diagnostic d = Diagnostic.of(RuntimeCode.FILE_UNREADABLE, message);
        return new DiagnosticException(hint.isEmpty() ? d : d.hint(hint));
    }
}
