package heddle.runtime;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads model files as text. */
public final class SourceReader {
    private static final String LIBRARY = "heddle/lib/";

    private SourceReader() {}

    /** A file as text; its name is the path as given. */
    public static SourceFile read(Path file) {
        try {
            return new SourceFile(file.toString(), decode(file.toString(), Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            throw unreadable("there is no file " + file, "");
        } catch (IOException e) {
            throw unreadable(file + " cannot be read: " + e.getMessage(), "");
        }
    }

    /** The text that a file's bytes are. */
    static String decode(String name, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unreadable(name + " is not UTF-8 text", "a model is a text file that ends in .heddle");
        }
    }

    /** The file that {@code import "path"} means in a file {@code importer}. */
    public static Optional<SourceFile> imported(String path, SourceFile importer) {
        return ModelSource.file(Path.of(importer.name())).imported(path, importer);
    }

    /** A file of the library that ships with Heddle. */
    static Optional<SourceFile> library(String path) {
        return resource(LIBRARY + path, SourceReader.class.getClassLoader());
    }

    /** A resource as text; its name is the resource's. */
    static Optional<SourceFile> resource(String name, ClassLoader loader) {
        try (InputStream in = loader.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(new SourceFile(name, decode(name, in.readAllBytes())));
        } catch (IOException e) {
            throw unreadable("the resource " + name + " cannot be read: " + e.getMessage(), "");
        }
    }

    static DiagnosticException unreadable(String message, String hint) {
        Diagnostic d = Diagnostic.of(RuntimeCode.FILE_UNREADABLE, message);
        return new DiagnosticException(hint.isEmpty() ? d : d.hint(hint));
    }
}
