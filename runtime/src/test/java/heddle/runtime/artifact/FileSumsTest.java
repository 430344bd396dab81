package heddle.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSumsTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @TempDir
    Path dir;

    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.writeString(dir.resolve("w.bin"), "abc");
    }

    @Test
    void sumsAreThoseOfTheBytes() throws IOException {
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", FileSums.of(file));
    }

    @Test
    void aFileThatStaysIsReadOnce() throws IOException {
        Files.setLastModifiedTime(file, LONG_AGO);
        String sum = FileSums.of(file);
        Files.writeString(file, "xyz");
        Files.setLastModifiedTime(file, LONG_AGO);
        assertEquals(sum, FileSums.of(file), "it was read again");
    }

    @Test
    void aFileThatChangesIsReadAgain() throws IOException {
        Files.setLastModifiedTime(file, LONG_AGO);
        String sum = FileSums.of(file);
        Files.writeString(file, "xyz");
        assertNotEquals(sum, FileSums.of(file));
        Files.writeString(file, "longer");
        Files.setLastModifiedTime(file, LONG_AGO);
        assertNotEquals(sum, FileSums.of(file));
    }

    /** Within the clock's resolution a second change may not show. */
    @Test
    void aFileThatWasJustWrittenIsReadAgain() throws IOException {
        FileTime now = Files.getLastModifiedTime(file);
        String sum = FileSums.of(file);
        Files.writeString(file, "xyz");
        Files.setLastModifiedTime(file, now);
        assertNotEquals(sum, FileSums.of(file));
    }
}
