package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training that is killed at random moments, with no time to save, ends with the bits of an undisturbed one. It is
 * killed 5 times in every build; {@code -Dheddle.kills=50} kills it more often.
 */
class KilledTrainingTest {
    private static final int KILLS = Integer.getInteger("heddle.kills", 5);

    /** How long a training goes on before it is killed, at most. */
    private static final int MOST_MILLIS = 2500;

    @TempDir
    Path dir;

    private List<String> command(String checkpoint) {
        List<String> words =
                new ArrayList<>(List.of("train", dir.resolve("m.heddle").toString()));
        words.addAll(List.of("--data", dir.resolve("data").toString(), "-D", "N=17", "--steps", "300"));
        words.addAll(List.of("--save-every", "2", "--test-every", "7", "--test-batches", "1", "--threads", "2"));
        words.addAll(List.of("--seed", "11", "--resume"));
        words.addAll(List.of("--checkpoint", dir.resolve(checkpoint).toString()));
        return words;
    }

    @Test
    void endsWithTheBitsOfAnUndisturbedOne() throws IOException, InterruptedException {
        Files.writeString(dir.resolve("m.heddle"), TrainCommandTest.MODEL);
        Files.write(dir.resolve("data"), TrainCommandTest.circle(9000));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int kill = 0; kill < KILLS; kill++) {
            killed(random.nextInt(MOST_MILLIS), "seed " + seed + ", kill " + kill);
        }
        String last = ended("killed.safetensors");
        ended("whole.safetensors");
        for (String ending : List.of("safetensors", "csv", "svg")) {
            assertArrayEquals(
                    Files.readAllBytes(dir.resolve("whole." + ending)),
                    Files.readAllBytes(dir.resolve("killed." + ending)),
                    ending + ", seed " + seed + ", last run: " + last);
        }
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(
                    List.of(), files.filter(f -> f.toString().endsWith(".tmp")).toList(), "seed " + seed);
        }
    }

    private static HeddleProcess started(List<String> command) throws IOException {
        return HeddleProcess.start(
                List.of("-cp", System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1"), Map.of(), command);
    }

    /** Reads what a training prints until some text comes. */
    private static void await(HeddleProcess training, String text, String place) throws IOException {
        StringBuilder printed = new StringBuilder();
        while (!printed.toString().contains(text)) {
            int next = training.process().getInputStream().read();
            assertTrue(next >= 0, place + " did not begin: " + printed);
            printed.append((char) next);
        }
    }

    /** One that is asked to end has time to save, and says what it saved. */
    @Test
    void saysWhatItSavedWhenItIsAskedToEnd() throws IOException, InterruptedException {
        Files.writeString(dir.resolve("m.heddle"), TrainCommandTest.MODEL);
        Files.write(dir.resolve("data"), TrainCommandTest.circle(9000));
        List<String> command = new ArrayList<>(command("asked.safetensors"));
        command.set(command.indexOf("--steps") + 1, "300000");
        try (HeddleProcess training = started(command)) {
            training.begin();
            await(training, "step 7:", "the training");
            // Not by the process itself, which would close its output, too.
            training.process().toHandle().destroy();
            String printed = training.output();
            String saved =
                    "stopped: step \\d+ is saved in " + dir.resolve("asked.safetensors") + "; --resume goes on\n";
            assertTrue(Pattern.compile(saved).matcher(printed).find(), printed);
        }
    }

    /** Kills a training some time after it said what it learns. */
    private void killed(int millis, String place) throws IOException, InterruptedException {
        try (HeddleProcess training = started(command("killed.safetensors"))) {
            training.begin();
            await(training, "held out\n", place);
            assertFalse(training.process().waitFor(millis, TimeUnit.MILLISECONDS) && training.code() != 0, () -> place);
            training.process().destroyForcibly().waitFor();
        }
    }

    private String ended(String checkpoint) throws IOException, InterruptedException {
        try (HeddleProcess training = started(command(checkpoint))) {
            training.begin();
            String printed = new String(training.process().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(ExitCode.DONE, training.process().waitFor(), printed);
            return printed;
        }
    }
}
