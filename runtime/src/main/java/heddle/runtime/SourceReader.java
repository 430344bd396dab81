package heddle.runtime;

import heddle.dsl.ast.ScheduleFile;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.parse.ScheduleCode;
import heddle.dsl.parse.ScheduleReader;
import heddle.dsl.source.SourceFile;
import heddle.runtime.file.FileFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads model files as text. */
public final class SourceReader {
    private static final String LIBRARY = "heddle/lib/";
    private static final String ENDING = ".heddle";

    private SourceReader() {}

    /** A file as text; its name is the path as given. */
    public static SourceFile read(Path file) {
        try {
            return text(file.toString(), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw absent(file);
        } catch (IOException e) {
            if (Files.isDirectory(file)) {
                throw directory(file);
            }
            throw unreadable(file + " cannot be read: " + FileFault.reason(e), "");
        }
    }

    /** The schedules that a file has. */
    public static ScheduleFile schedules(Path file) {
        try {
            return ScheduleReader.read(scheduleText(file));
        } catch (IOException e) {
            throw unreadable(
                    "the schedules of " + FileFault.shown(file) + " cannot be read: " + FileFault.reason(e),
                    ScheduleReader.REMEDY);
        }
    }

    private static SourceFile scheduleText(Path file) throws IOException {
        try {
            return text(file.toString(), Files.readAllBytes(file));
        } catch (DiagnosticException e) {
            String message = e.diagnostics().getFirst().message();
            throw new DiagnosticException(
                    Diagnostic.of(ScheduleCode.MALFORMED, message).hint(ScheduleReader.REMEDY));
        }
    }

    /** What to throw for a model that is a directory. */
    private static DiagnosticException directory(Path file) {
        return unreadable(file + " is a directory; a model file is needed", "name a .heddle file in it");
    }

    /** What to throw for a model file that is not there; says which one may be meant. */
    private static DiagnosticException absent(Path file) {
        boolean bare = file.toString().matches("[^./\\\\]+");
        String hint = meant(file)
                .map(meant -> "did you mean " + file.resolveSibling(meant) + "?")
                .or(() -> Suggest.closest(file.toString(), PublishedModels.names())
                        .filter(name -> bare)
                        .map(name -> "did you mean the published model " + name + "?"))
                .orElse(bare ? "published models are " + String.join(", ", PublishedModels.names()) : "");
        return unreadable("there is no file " + FileFault.shown(file), hint);
    }

    private static Optional<String> meant(Path file) {
        String name = String.valueOf(file.getFileName());
        List<String> models = file.toString().isEmpty() ? List.of() : beside(file);
        return models.contains(name + ENDING) ? Optional.of(name + ENDING) : Suggest.closest(name, models);
    }

    /** The models in the directory of a file. */
    private static List<String> beside(Path file) {
        try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(ENDING))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What a file of some name holds. */
    public static SourceFile text(String name, byte[] bytes) {
        CharBuffer text = CharBuffer.allocate(bytes.length);
        boolean wrong = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes), text, true)
                .isError();
        text.flip();
        if (!wrong && text.chars().noneMatch(c -> c == 0)) {
            return new SourceFile(name, text.toString());
        }
        if (isUtf16(bytes)) {
            throw unreadable(name + " is UTF-16 text, not UTF-8", "save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE");
        }
        long line = text.chars().filter(c -> c == '\n').count() + 1;
        throw unreadable(
                name
                        + (wrong
                                ? " is not UTF-8 text: line " + line + " has other bytes"
                                : " is not text: it has zero bytes"),
                name.toLowerCase(Locale.ROOT).endsWith(".onnx")
                        ? "write it as source first: heddle import " + name + " -o MODEL.heddle"
                        : "a model is a text file in UTF-8 that ends in .heddle, or an .onnx file");
    }

    /** Told by the mark at its begin, or by the zeros that Latin letters have in every other byte. */
    private static boolean isUtf16(byte[] bytes) {
        int[] zeros = new int[2];
        for (int i = 0; i < bytes.length; i++) {
            zeros[i % 2] += bytes[i] == 0 ? 1 : 0;
        }
        int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF;
        boolean everyOther = Math.min(zeros[0], zeros[1]) == 0 && Math.max(zeros[0], zeros[1]) > bytes.length / 4;
        return mark == 0xFEFF || mark == 0xFFFE || everyOther;
    }

    /** The file that {@code import "path"} means in a file {@code importer}. */
    public static Optional<SourceFile> imported(String path, SourceFile importer) {
        return ModelSource.file(Path.of(importer.name())).imported(path, importer);
    }

    /** A file of the library that ships with Heddle. */
    static Optional<SourceFile> library(String path) {
        return !path.endsWith(ENDING)
                ? Optional.empty()
                : resource(LIBRARY + path, SourceReader.class.getClassLoader());
    }

    /** A resource as text; its name is the resource's. */
    static Optional<SourceFile> resource(String name, ClassLoader loader) {
        try (InputStream in = loader.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(text(name, in.readAllBytes()));
        } catch (IOException e) {
            throw unreadable("the resource " + name + " cannot be read: " + FileFault.reason(e), "");
        }
    }

    static DiagnosticException unreadable(String message, String hint) {
        Diagnostic d = Diagnostic.of(RuntimeCode.FILE_UNREADABLE, message);
        return new DiagnosticException(hint.isEmpty() ? d : d.hint(hint));
    }
}
