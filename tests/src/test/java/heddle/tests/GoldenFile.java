package heddle.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A text kept in the repository that something must still produce. {@code -Dheddle.update=true} rewrites it. */
public final class GoldenFile {
    private static final boolean UPDATE = Boolean.getBoolean("heddle.update");

    private GoldenFile() {}

    /** Compares, or rewrites. */
    public static void check(Path file, String actual) throws IOException {
        if (UPDATE) {
            Files.writeString(file, actual);
        } else {
            String expected = Files.exists(file) ? Files.readString(file) : "";
            assertEquals(expected, actual, file + " differs; -Dheddle.update=true accepts the new text");
        }
    }
}
