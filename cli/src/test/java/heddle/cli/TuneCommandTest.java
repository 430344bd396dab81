package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Heddle;
import heddle.api.HeddleException;
import heddle.api.Options;
import heddle.api.Target;
import heddle.api.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tune} says and writes; how fast anything is depends on the machine. */
class TuneCommandTest {
    private static final String MODEL = """
            dim N
            input q: f32[2, N, 16]
            input k: f32[2, N, 16]
            input v: f32[2, N, 16]
            output o = softmax(q @ transpose(k) * 0.25, axis = -1) @ v
            """;

    @TempDir
    Path dir;

    @Test
    void itWritesWhatCanBeGivenBackOrSaysThatNothingIsFaster() throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), MODEL);
        Path file = dir.resolve("m.schedule");
        Ran ran =
                Ran.command("tune", model, "-D", "N=65", "--target", "jvm", "--threads", 1, "--seconds", 3, "-o", file);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(ran.out().startsWith("tuning 1 of 1 kernel on "), ran.out());
        assertTrue(ran.out().contains("with N=65"), ran.out());
        assertTrue(ran.out().matches("(?s).*softmax#1 .* of the time, [0-9]+ schedules? tried.*"), ran.out());
        if (ran.out().contains("nothing is faster")) {
            assertTrue(Files.notExists(file), ran.out());
        } else {
            assertTrue(Files.readString(file).startsWith("// Tuned on "), ran.out());
            Ran verified = Ran.command("verify", model, "-D", "N=65", "--target", "jvm", "--schedule", file);
            assertEquals(ExitCode.DONE, verified.code(), verified.out() + verified.err());
        }
    }

    @Test
    void itDoesNotReplaceTheModel() throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), MODEL);
        Ran ran = Ran.command("tune", model, "-D", "N=65", "-o", model);
        assertEquals(ExitCode.USAGE, ran.code());
        assertTrue(ran.err().contains("would replace"), ran.err());
        assertEquals(MODEL, Files.readString(model));
    }

    @Test
    void aProgramTakesSchedules() throws IOException {
        Path file = dir.resolve("mine.schedule");
        Path model = Files.writeString(dir.resolve("m.heddle"), MODEL);
        String usual = Ran.command("compile", model, "--emit", "schedule").out();
        Files.writeString(file, usual.replace("j 128", "j 64"));
        String java = Ran.command("compile", model, "--schedule", file).out();
        assertTrue(java.contains("+= 64)"), java);
        Options options = Options.defaults().target(Target.JVM).schedules(file);
        Tensor rows = Tensor.of(new float[2 * 70 * 16], 2, 70, 16);
        assertEquals(
                List.of(2L, 70L, 16L),
                Arrays.stream(Heddle.model(model)
                                .compile(options)
                                .run(Map.of("q", rows, "k", rows, "v", rows))
                                .get("o")
                                .shape())
                        .boxed()
                        .toList());
        Files.writeString(file, usual.replace("softmax#1", "softmax#2"));
        HeddleException e = assertThrows(
                HeddleException.class,
                () -> Heddle.model(model).compile(Options.defaults().schedules(file)));
        assertTrue(e.getMessage().contains("H1202"), e.getMessage());
        assertThrows(HeddleException.class, () -> Options.defaults().schedules(dir.resolve("none")));
    }

    @Test
    void aScheduleIsVerified() throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), MODEL);
        Path file = dir.resolve("mine.schedule");
        Files.writeString(
                file, Ran.command("compile", model, "--emit", "schedule").out());
        Ran ran = Ran.command("verify", model, "-D", "N=65", "--target", "jvm", "--schedule", file);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        Files.writeString(file, "schedule none#1:\n  cut i 32\n");
        Ran wrong = Ran.command("verify", model, "-D", "N=65", "--target", "jvm", "--schedule", file);
        assertTrue(wrong.err().contains("H1202"), wrong.err());
    }
}
