package heddle.runtime.file;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.DiagnosticException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Maps files into memory. */
public final class MappedFile {
    private MappedFile() {}

    /** The whole of a file, read only, for as long as {@code arena} lives. */
    public static MemorySegment map(Path file, Arena arena, DiagnosticCode unreadable) {
        if (!file.toString().isEmpty() && Files.isDirectory(file)) {
            throw new DiagnosticException(Diagnostic.of(unreadable, file + " is a directory; a file is needed"));
        }
        try {
            return Uninterrupted.read(() -> map(file, arena));
        } catch (IOException e) {
            throw FileFault.unreadable(file, e, unreadable);
        }
    }

    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }
}
