package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.train.Batches;
import heddle.runtime.train.TokenFile;
import heddle.runtime.train.Trainer;
import heddle.runtime.train.TrainingRun;
import heddle.runtime.train.TrainingSettings;
import heddle.runtime.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} and {@code generate} with a model that learns which byte follows which. */
class TrainCommandTest {
    static final String MODEL = """
            dim B, N
            input tokens: i64[B, N]
            let scores = embed(tokens, weight "table" : f32[256, 256] = normal(0.02))
            output logits = scores
            let next = tokens[:, 1:, new]
            output loss = -mean(take_along(log_softmax(scores[:, : N - 1]), next, axis = -1))
            """;

    @TempDir
    Path dir;

    private Path model;
    private Path data;

    @BeforeEach
    void write() throws IOException {
        model = Files.writeString(dir.resolve("bigrams.heddle"), MODEL);
        data = Files.write(dir.resolve("data"), circle(9000));
    }

    /** Letters in a circle, with a wrong one now and then. */
    static byte[] circle(int size) {
        Random random = new Random(3);
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) ('a' + (random.nextInt(20) == 0 ? random.nextInt(26) : i % 26));
        }
        return bytes;
    }

    private Ran train(String checkpoint, Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", model, "--data", data, "-D", "N=17"));
        words.addAll(List.of("--checkpoint", dir.resolve(checkpoint), "--lr", "0.5", "--test-every", "20"));
        words.addAll(List.of("--save-every", "10", "--threads", "1"));
        words.addAll(List.of(more));
        return Ran.command(words.toArray());
    }

    @Test
    void aCheckpointEndsAsWeightFilesDo() {
        Ran ran = train("w.txt", "--steps", "1");
        assertEquals(ExitCode.USAGE, ran.code(), ran.toString());
        assertTrue(ran.err().contains("a checkpoint is a file that ends in .safetensors"), ran.err());
        assertFalse(Files.exists(dir.resolve("w.txt")));
    }

    @Test
    void learnsAndWrites() throws IOException {
        Ran ran = train("w.safetensors", "--steps", "60");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("bigrams: 65.5 thousand weights, steps of 16 windows of 17 tokens"), ran.out());
        assertTrue(ran.out().contains("8.1 thousand bytes to learn, 900 held out"), ran.out());
        assertTrue(ran.out().contains("\ncounting alone: "), ran.out());
        assertTrue(ran.out().contains("\nstep 20: "), ran.out());
        String last = ran.out()
                .lines()
                .filter(l -> l.startsWith("held out: "))
                .findFirst()
                .orElseThrow();
        double bits = Double.parseDouble(last.split(" ")[2]);
        assertTrue(bits > 0.3 && bits < 2, last);
        assertEquals(61, Files.readAllLines(dir.resolve("w.csv")).size());
        assertTrue(Files.readString(dir.resolve("w.svg")).startsWith("<svg"));

        Object[] write = {
            "generate", model, "--weights", dir.resolve("w.safetensors"), "--prompt", "hi", "--max-tokens", "30"
        };
        List<Object> greedy = new ArrayList<>(List.of(write));
        greedy.addAll(List.of("--temperature", "0"));
        Ran written = Ran.command(greedy.toArray());
        assertEquals("hijklmnopqrstuvwxyzabcdefghijklm", written.out().strip(), written.toString());
        List<Object> drawn = new ArrayList<>(List.of(write));
        drawn.addAll(List.of("--temperature", "2", "--top-k", "20", "--seed", "4"));
        Ran some = Ran.command(drawn.toArray());
        assertEquals(ExitCode.DONE, some.code(), some.toString());
        assertEquals(some.out(), Ran.command(drawn.toArray()).out());
    }

    @Test
    void resumesToTheSameBits() throws IOException {
        Ran whole = train("whole.safetensors", "--steps", "30", "--resume");
        assertTrue(whole.err().contains("yet; it begins anew"), whole.err());
        assertTrue(whole.out().contains("counting alone"), whole.out());
        assertEquals(ExitCode.USAGE, train("whole.safetensors", "--steps", "30").code());
        stopped(dir.resolve("parts.safetensors"), 13);
        assertEquals(14, Files.readAllLines(dir.resolve("parts.csv")).size());
        Ran resumed = train("parts.safetensors", "--steps", "30", "--resume");
        assertEquals(ExitCode.DONE, resumed.code(), resumed.toString());
        assertFalse(resumed.out().contains("counting alone"), resumed.out());
        assertTrue(resumed.out().contains("held out: "), resumed.out());
        for (String ending : List.of(".safetensors", ".csv", ".svg")) {
            assertArrayEquals(
                    Files.readAllBytes(dir.resolve("whole" + ending)),
                    Files.readAllBytes(dir.resolve("parts" + ending)),
                    ending);
        }
        Ran again = train("parts.safetensors", "--steps", "30", "--resume");
        assertEquals(ExitCode.DONE, again.code(), again.toString());
        assertTrue(again.out().contains("done already after step 30"), again.out());
    }

    /** The training of 30 steps that the command does, stopped after one of them. */
    private void stopped(Path checkpoint, long step) {
        HeddleModel sized = Batches.sized(Heddle.model(model, Map.of("N", 17L)), 16);
        TokenFile file = TokenFile.open(data, TokenFile.Width.BYTE);
        CompileOptions options = CompileOptions.defaults().withThreads(1);
        TrainingRun run = new TrainingRun(
                sized,
                Trainer.of(sized, "loss", TrainingSettings.of(0.5, 30), options),
                file,
                Batches.of(file, sized, 16, 0),
                new TrainingRun.Schedule(30, 1, checkpoint, 10, 20, 16));
        run.run(false, new TrainingRun.Listener() {
            @Override
            public void stepped(Trainer.Step done) {
                if (done.number() == step) {
                    run.stop();
                }
            }
        });
    }

    @Test
    void replacesNothingThatItReads() throws IOException {
        byte[] text = Files.readAllBytes(data);
        Path table = Files.copy(data, dir.resolve("corpus.csv"));
        Path linked = Files.createLink(dir.resolve("other.csv"), table);
        Path picture = Files.copy(data, dir.resolve("picture.svg"));
        for (Path file : List.of(table, linked, picture)) {
            String name = file.getFileName().toString();
            Path checkpoint = dir.resolve(name.substring(0, name.indexOf('.')) + ".safetensors");
            for (Path read : List.of(file, table, data)) {
                Ran ran = Ran.command(
                        "train",
                        model,
                        "--data",
                        read,
                        "-D",
                        "N=17",
                        "--steps",
                        "9",
                        "--resume",
                        "--checkpoint",
                        checkpoint);
                assertTrue(ran.code() == ExitCode.USAGE || ran.code() == ExitCode.WRONG_INPUT, ran.toString());
                assertTrue(ran.err().contains(" would replace "), ran.err());
                assertArrayEquals(text, Files.readAllBytes(file), name);
            }
        }
        assertUsage(
                "--checkpoint would replace",
                Ran.command(
                        "train",
                        model,
                        "--data",
                        data,
                        "-D",
                        "N=17",
                        "--steps",
                        "9",
                        "--resume",
                        "--checkpoint",
                        model));
        assertEquals(MODEL, Files.readString(model));
    }

    @Test
    void aBatchThatNoArrayTakesIsRefused() {
        Ran ran = train("w.safetensors", "--steps", "9", "--batch", "2000000000");
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
        assertTrue(ran.err().contains("error[H1403]: a batch of 2000000000 windows of 17 tokens"), ran.err());
    }

    @Test
    void saysWhichOptionsContradictEachOther() {
        assertUsage("--min-lr 2.0 is more than --lr 0.5", train("w.safetensors", "--steps", "9", "--min-lr", "2"));
        assertUsage("--warmup 10 is longer", train("w.safetensors", "--steps", "9", "--warmup", "10"));
        assertUsage("--device is of the tornado target", train("w.safetensors", "--steps", "9", "--device", "0:0"));
        assertUsage("--grad is not for train", train("w.safetensors", "--steps", "9", "--grad", "loss"));
        assertUsage("--steps", train("w.safetensors"));
        assertUsage("'1' is not a number from 0", train("w.safetensors", "--steps", "9", "--beta1", "1"));
        assertUsage("'0' is not a finite number", train("w.safetensors", "--steps", "9", "--clip", "0"));
        assertUsage("'0' is not a whole number from 1", train("w.safetensors", "--steps", "9", "--accumulate", "0"));
    }

    @Test
    void keepsToABudgetOfMemory() throws IOException {
        Files.writeString(model, """
                dim B, N
                input tokens: i64[B, N]
                let x = embed(tokens[:, : N - 1], weight "table" : f32[256, 16] = normal(0.5))
                for l in 0 .. 6 {
                    let up = exp(tanh(x @ weight "up.{l}" : f32[16, 128] = normal(0.1)))
                    x = x + up @ weight "down.{l}" : f32[128, 16] = normal(0.1)
                }
                let scores = x @ weight "scores" : f32[16, 32] = normal(0.1)
                let next = tokens[:, 1:, new] % 32
                output loss = -mean(take_along(log_softmax(scores), next, axis = -1))
                """);
        train("free.safetensors", "--steps", "4");
        Ran ran = train("bound.safetensors", "--steps", "4", "--memory-budget", "0.6");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertEquals(losses("free.csv"), losses("bound.csv"));
        assertNotEquals(code("free.safetensors"), code("bound.safetensors"), "something is computed again");
        Ran tight = train("tight.safetensors", "--steps", "4", "--memory-budget", "1kB");
        assertEquals(ExitCode.WRONG_INPUT, tight.code(), tight.toString());
        assertTrue(tight.err().contains("error[H1304]: no plan takes"), tight.err());
    }

    /** What tells the generated code from other code. */
    private String code(String checkpoint) {
        return WeightFile.open(dir.resolve(checkpoint)).metadata().get("heddle.code");
    }

    private List<String> losses(String log) throws IOException {
        return Files.readAllLines(dir.resolve(log)).stream()
                .map(line -> line.split(",")[1])
                .toList();
    }

    private static void assertUsage(String message, Ran ran) {
        assertEquals(ExitCode.USAGE, ran.code(), ran.toString());
        assertTrue(ran.err().contains(message), ran.err());
    }

    @Test
    void sayWhichFileAndOptionAreMeant() throws IOException {
        Ran missing = Ran.command("train", model, "--data", dir.resolve("none"), "--steps", "2", "-D", "N=17");
        assertTrue(missing.err().contains("error[H0811]") && missing.err().contains("given by --data"), missing.err());
        Ran wide = train("wide.safetensors", "--steps", "2", "--tokens", "u16");
        assertEquals(ExitCode.WRONG_INPUT, wide.code(), wide.toString());
        assertTrue(wide.err().contains("error[H1403]: " + data + " has the token "), wide.err());
        assertTrue(wide.err().contains("the table of the model has 256 rows"), wide.err());
        assertFalse(Files.exists(dir.resolve("wide.csv")));
        Ran frozen = train("w.safetensors", "--steps", "2", "--freeze", "l9*");
        assertTrue(
                frozen.err().contains("its weights are table") && frozen.err().contains("hint"), frozen.err());
        Ran one = Ran.command("train", model, "--data", data, "--steps", "2", "-D", "N=1");
        assertEquals(ExitCode.WRONG_INPUT, one.code(), one.toString());
        assertTrue(one.err().contains("error[H1401]: the loss depends on no element"), one.err());
        assertTrue(one.err().contains("longer windows"), one.err());
    }

    /** What ended before its first checkpoint can be begun again by the same command. */
    @Test
    void aTrainingThatFailsAtOnceLeavesNothingBehind() throws IOException {
        Files.writeString(model, MODEL.replace("-mean(", "log(0.0 * cast(N, f32) - 1.0) - mean("));
        for (int i = 0; i < 2; i++) {
            Ran ran = train("w.safetensors", "--steps", "2");
            assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
            assertTrue(ran.err().contains("error[H1405]: the loss of step 1 is NaN"), ran.err());
            assertFalse(Files.exists(dir.resolve("w.csv")));
        }
    }

    @Test
    void helpShowsNoOptionsThatAreRefused() {
        for (String command : List.of("train", "generate", "embed", "attend")) {
            Ran help = Ran.command(command, "--help");
            assertFalse(help.out().contains("--grad"), help.out());
            assertFalse(help.out().contains("--wrt"), help.out());
            assertFalse(help.out().contains("--machine"), help.out());
            assertEquals(command.equals("train"), help.out().contains("--memory-budget"), help.out());
        }
        assertTrue(Ran.command("run", "--help").out().contains("--grad"));
        assertFalse(Ran.command("run", "--help").out().contains("--machine"));
        assertTrue(Ran.command("compile", "--help").out().contains("--machine"));
        assertUsage("are not for generate", Ran.command("generate", model, "--grad", "loss"));
        assertUsage(
                "are not for embed",
                Ran.command("embed", model, "--input", "x", "-o", "y.npy", "--memory-budget", "1MB"));
    }
}
