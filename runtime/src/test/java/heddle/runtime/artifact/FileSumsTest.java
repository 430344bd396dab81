package heddle.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
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

    /** The first and the last block are always among those that are looked at. */
    @Test
    void theSumOfBlocksSeesSizeStartAndEnd() throws IOException {
        byte[] bytes = new byte[10_000_001];
        Path large = Files.write(dir.resolve("large.bin"), bytes);
        String zeros = FileSums.ofBlocks(large);
        for (int at : new int[] {0, bytes.length - 1}) {
            bytes[at] = 1;
            Files.write(large, bytes);
            assertNotEquals(zeros, FileSums.ofBlocks(large), "byte " + at);
            bytes[at] = 0;
        }
        Files.write(large, Arrays.copyOf(bytes, bytes.length - 1));
        assertNotEquals(zeros, FileSums.ofBlocks(large));
        Files.write(large, bytes);
        assertEquals(zeros, FileSums.ofBlocks(large));
        Files.write(large, new byte[0]);
        assertEquals("0-0", FileSums.ofBlocks(large));
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
