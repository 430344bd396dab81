package heddle.runtime.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedFileTest {
    @TempDir
    Path dir;

    /** Says with its exit code whether another process has a file: 3 when it does. */
    static final class Other {
        private Other() {}

        public static void main(String[] args) throws IOException {
            System.exit(LockedFile.open(Path.of(args[0])).isPresent() ? 0 : 3);
        }
    }

    private static int seenByAnotherProcess(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        file.toString())
                .inheritIO()
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue();
    }

    @Test
    void oneHasAFileAtATime() throws Exception {
        Path file = dir.resolve("file");
        try (LockedFile locked = LockedFile.open(file).orElseThrow()) {
            assertTrue(locked.isNew());
            locked.channel().write(ByteBuffer.wrap(new byte[] {1, 2, -3}));
            assertEquals(Optional.empty(), LockedFile.open(file));
            assertEquals(Optional.empty(), LockedFile.open(dir.resolve(".").resolve("file")));
            try (InputStream all = locked.stream()) {
                assertArrayEquals(new byte[] {1, 2, -3}, all.readAllBytes());
            }
            assertEquals(3, seenByAnotherProcess(file), "who looked at the file before has not let it go");
        }
        assertEquals(0, seenByAnotherProcess(file));
        try (LockedFile again = LockedFile.open(file).orElseThrow()) {
            assertFalse(again.isNew());
            assertEquals(3, again.channel().size());
        }
    }

    @Test
    void whatIsDeletedIsNotDeletedAgain() throws IOException {
        Path file = dir.resolve("file");
        LockedFile locked = LockedFile.open(file).orElseThrow();
        locked.delete();
        assertFalse(Files.exists(file));
        Files.writeString(file, "another's");
        locked.delete();
        locked.close();
        assertEquals("another's", Files.readString(file));
    }
}
