package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code heddle check --watch} in a process of its own, whose output is no terminal. */
class CheckWatchTest {
    private static final int LIMIT = 60;
    private static final String MODEL = "import \"own.heddle\"\ndim N\ninput x: f32[N]\noutput y = twice(x)\n";
    private static final String GOOD = "m: 1 input, 0 weights, 1 output";

    @TempDir
    Path dir;

    private HeddleProcess watching;
    private final StringBuilder printed = new StringBuilder();

    private void start(Path... models) throws IOException {
        List<String> words = new ArrayList<>(List.of("check", "--watch"));
        for (Path model : models) {
            words.add(model.toString());
        }
        watching = HeddleProcess.start(
                List.of("-cp", System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1"), Map.of(), words);
        watching.begin();
    }

    @AfterEach
    void stop() {
        if (watching != null) {
            watching.close();
        }
    }

    /** Reads until it has printed something more. */
    private void await(String wanted) throws IOException {
        int from = printed.length();
        while (printed.indexOf(wanted, from) < 0) {
            int next = watching.process().getInputStream().read();
            assertTrue(next >= 0, "it has ended: " + printed);
            printed.append((char) next);
        }
    }

    @Test
    void checksAgainWhenAFileChanges() throws IOException {
        Path library = dir.resolve("own.heddle");
        Files.writeString(library, "fn twice(x) = x * 2.0\n");
        Path model = Files.writeString(dir.resolve("m.heddle"), MODEL);
        start(model);
        await(GOOD);
        // Written in place, with the time and the length that it had.
        FileTime before = Files.getLastModifiedTime(model);
        Files.writeString(model, MODEL.replace("twice(x)", "thrice(x"));
        Files.setLastModifiedTime(model, before);
        await("m.heddle has changed");
        await("1 mistake");
        Files.writeString(model, MODEL);
        await(GOOD);
        // The file it imports: replaced by another of that name, as editors save, then gone, then there again.
        Path other = Files.writeString(dir.resolve("own.heddle~"), "fn twice(x) = x @ 2.0\n");
        Files.move(other, library, StandardCopyOption.REPLACE_EXISTING);
        await("own.heddle has changed");
        await("1 mistake");
        Files.delete(library);
        await("H0601");
        await("1 mistake");
        Files.writeString(library, "fn twice(x) = x * 2.0\n");
        await(GOOD);
    }

    @Test
    void waitsForAModelThatIsNotThere() throws IOException {
        Path model = dir.resolve("m.heddle");
        start(model);
        await("there is no file");
        await("1 mistake");
        Files.writeString(model, "dim N\ninput x: f32[N]\noutput y = x\n");
        await(GOOD);
    }

    @Test
    void ofSeveralModelsEachIsWatched() throws IOException {
        Path first = Files.writeString(dir.resolve("m.heddle"), "dim N\ninput x: f32[N]\noutput y = x\n");
        Path second = Files.writeString(dir.resolve("n.heddle"), "dim N\ninput x: f32[N]\noutput y = x\n");
        start(first, second);
        await("n: 1 input");
        Files.writeString(second, "output y = x\n");
        await("n.heddle has changed");
        await(GOOD);
        await("1 mistake");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anInterruptEndsItWith130() throws IOException, InterruptedException {
        Path model = Files.writeString(dir.resolve("m.heddle"), "dim N\ninput x: f32[N]\noutput y = x\n");
        start(model);
        await(GOOD);
        new ProcessBuilder("kill", "-INT", "" + watching.process().pid())
                .start()
                .waitFor();
        assertTrue(watching.process().waitFor(LIMIT, TimeUnit.SECONDS), printed::toString);
        assertEquals(130, watching.code());
    }

    @Test
    void standardInputIsNotWatched() {
        Ran ran = Ran.command("check", "--watch", "-");
        assertEquals(ExitCode.USAGE, ran.code());
        assertTrue(ran.err().contains("--watch needs files"), ran.err());
    }
}
