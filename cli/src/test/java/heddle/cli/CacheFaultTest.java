package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache of compiled classes between processes, and without a place to write to. */
class CacheFaultTest {
    private static final List<String> CLASS_PATH = List.of("-cp", System.getProperty("java.class.path"));

    @TempDir
    Path dir;

    private List<String> command;

    @BeforeEach
    void writeModel() throws IOException {
        Path model = Files.writeString(
                dir.resolve("small.heddle"), "dim N\ninput x: f32[N]\noutput y: f32[N] = exp(x) * 2.0\n");
        command = List.of("run", model.toString(), "-D", "N=3", "--input", "x=random", "--target", "jvm");
    }

    @Test
    void twoProcessesMayCompileTheSamePlanAtOnce() throws Exception {
        Map<String, String> environment = environment(dir.resolve("cache"));
        try (HeddleProcess one = HeddleProcess.start(CLASS_PATH, environment, command);
                HeddleProcess other = HeddleProcess.start(CLASS_PATH, environment, command)) {
            one.begin();
            other.begin();
            String said = one.output();
            assertEquals(said, other.output());
            assertEquals(List.of(ExitCode.DONE, ExitCode.DONE), List.of(one.code(), other.code()), said);
            assertTrue(said.contains("y: f32[3]") && !said.contains("warning:"), said);
        }
        try (Stream<Path> kept = Files.list(dir.resolve("cache/classes"))) {
            List<String> names = kept.map(file -> file.getFileName().toString()).toList();
            assertEquals(1, names.size(), names.toString());
            assertTrue(names.getFirst().endsWith(".classes"), names.toString());
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsAWarning() throws Exception {
        Path inTheWay = Files.writeString(dir.resolve("cache"), "");
        try (HeddleProcess process = HeddleProcess.start(CLASS_PATH, environment(inTheWay), command)) {
            process.begin();
            String said = process.output();
            assertEquals(ExitCode.DONE, process.code(), said);
            assertTrue(said.contains("y: f32[3]"), said);
            assertEquals(1, said.lines().filter(l -> l.startsWith("warning:")).count(), said);
            assertTrue(said.contains("set HEDDLE_CACHE to a directory you may write to"), said);
        }
    }

    private static Map<String, String> environment(Path cache) {
        return Map.of("HEDDLE_CACHE", cache.toString());
    }
}
