package heddle.runtime.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.runtime.RuntimeCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UninterruptedTest {
    @TempDir
    Path dir;

    @Test
    void filesAreMappedAndWrittenInAnInterruptedThread() {
        Path file = dir.resolve("a.txt");
        Thread.currentThread().interrupt();
        AtomicFile.write(file, "text");
        byte[] read = MappedFile.map(file, Arena.ofAuto(), RuntimeCode.FILE_UNREADABLE)
                .toArray(ValueLayout.JAVA_BYTE);
        assertTrue(Thread.interrupted(), "it is still interrupted");
        assertEquals("text", new String(read, java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void anInterruptMeanwhileStartsTheReadingAnew() throws IOException {
        int[] calls = {0};
        String text = Uninterrupted.read(() -> {
            if (calls[0]++ < 2) {
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }
            return Files.readString(Files.writeString(dir.resolve("b.txt"), "b"));
        });
        assertEquals("b", text);
        assertTrue(Thread.interrupted(), "the interrupt is not lost");
        Uninterrupted.read(() -> "again");
        assertFalse(Thread.interrupted());
    }
}
