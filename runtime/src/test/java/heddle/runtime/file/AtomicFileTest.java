package heddle.runtime.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path dir;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void nothingIsThereWithoutACommit() throws IOException {
        Path file = Files.writeString(dir.resolve("a.txt"), "before");
        try (AtomicFile out = new AtomicFile(file)) {
            out.stream().write(1);
        }
        assertEquals("before", Files.readString(file));
        assertEquals(List.of("a.txt"), names());
    }

    /** A pipe or a device that is replaced by a file no longer does what others expect of it. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatIsNoRegularFileIsWrittenTo() throws Exception {
        Path pipe = dir.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Path link = Files.createSymbolicLink(dir.resolve("link"), pipe);
        for (Path target : List.of(pipe, link)) {
            FileFault.requireWritable(target);
            CompletableFuture<String> reader = CompletableFuture.supplyAsync(() -> {
                try {
                    return Files.readString(pipe);
                } catch (IOException e) {
                    return e.toString();
                }
            });
            AtomicFile.write(target, "text");
            assertEquals("text", reader.get());
        }
        assertFalse(Files.isRegularFile(pipe));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(List.of("link", "pipe"), names());
    }
}
