package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code heddle embed --resume}: what an ended run leaves, and who may go on with it. */
class EmbedResumeTest {
    private static final int TEXTS = 600;
    private static final int BAD = 50;
    private static final int WIDTH = 8;

    /** A record without an id and its vector. */
    private static final int RECORD = 16 + 4 * WIDTH;

    @TempDir
    Path dir;

    private Path model;
    private Path output;
    private Path partial;

    @BeforeEach
    void write() throws IOException {
        model = Files.writeString(dir.resolve("model.heddle"), EmbedCommandTest.MODEL);
        Files.writeString(dir.resolve("model.properties"), "tokenizer = bytes\ntokens = 40\nsegments = segments\n");
        weights("w.safetensors", 1);
        output = dir.resolve("out.jsonl");
        partial = dir.resolve("out.jsonl.partial");
    }

    private void weights(String name, float first) {
        float[] words = new float[256 * WIDTH];
        for (int i = 0; i < words.length; i++) {
            words[i] = i == 0 ? first : (float) Math.sin(i);
        }
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("words", Tensor.of(words, 256, WIDTH));
        Safetensors.write(tensors, dir.resolve(name));
    }

    /** Every 50th line holds no text. Lengths rise and fall, and ids go backwards. */
    private Path input() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            lines.add(
                    i % BAD == BAD - 1
                            ? "no JSON"
                            : "{\"text\": \"" + "ab".repeat(1 + i * 7 % 23) + "\", \"id\": " + (TEXTS - i) + "}");
        }
        return Files.writeString(dir.resolve("in.jsonl"), String.join("\n", lines) + "\n");
    }

    private List<String> words(Path input, Object... more) {
        List<Object> words = new ArrayList<>(List.of("embed", model, "--input", input, "-o", output));
        words.addAll(List.of("--weights", dir.resolve("w.safetensors"), "--token-budget", 16, "--skip-bad"));
        words.addAll(Arrays.asList(more));
        return words.stream().map(Object::toString).toList();
    }

    private Ran embed(Path input, Object... more) {
        return Ran.command(words(input, more).toArray());
    }

    /** Killed while it waits for more texts, so that nothing it does at its end is done. */
    @Test
    void aRunThatWasKilledGoesOnInTheSameOrder() throws Exception {
        Path input = input();
        assertEquals(ExitCode.DONE, embed(input).code());
        List<String> expected = Files.readAllLines(output);
        assertEquals(TEXTS - TEXTS / BAD, expected.size());
        Files.delete(output);

        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dheddle.terminal=true",
                "-cp",
                System.getProperty("java.class.path"),
                "heddle.cli.Main"));
        command.addAll(words(Path.of("-"), "--jsonl"));
        Path said = dir.resolve("said.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            byte[] lines = Files.readAllBytes(input);
            OutputStream pipe = process.getOutputStream();
            pipe.write(lines, 0, lines.length * 3 / 4);
            pipe.flush();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            while (process.isAlive() && (!Files.exists(partial) || Files.size(partial) < 100 * RECORD)) {
                assertTrue(System.nanoTime() < end, () -> "nothing is written: " + text(said));
                Thread.sleep(20);
            }
            for (int again = 0; again < 2; again++) {
                assertOtherRun(embed(input, "--resume"));
                assertOtherRun(embed(input));
            }
            assertTrue(process.isAlive(), () -> text(said));
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertFalse(Files.exists(output), text(said));
        assertTrue(text(said).contains("embedding"), "there is a bar: " + text(said));
        assertTrue(text(said).contains("texts/s"), text(said));

        Ran resumed = embed(input, "--resume");
        assertEquals(ExitCode.DONE, resumed.code(), resumed.toString());
        assertTrue(resumed.out().startsWith("resumed behind "), resumed.out());
        assertTrue(resumed.err().contains("warning: " + TEXTS / BAD + " lines left out"), resumed.err());
        List<String> found = Files.readAllLines(output);
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < found.size(); i++) {
            Map<String, Object> a = JSON.std.mapFrom(expected.get(i));
            Map<String, Object> b = JSON.std.mapFrom(found.get(i));
            assertEquals(a.get("line"), b.get("line"));
            assertEquals(a.get("id"), b.get("id"));
            assertArrayEquals(vector(a), vector(b), 1e-5, "line " + a.get("line"));
        }
        assertFalse(Files.exists(partial));
    }

    private void assertOtherRun(Ran second) {
        assertEquals(ExitCode.WRONG_INPUT, second.code(), second.toString());
        assertTrue(second.err().contains("another run is writing " + partial), second.err());
        assertTrue(second.err().contains("let it end, or end it and go on with --resume"), second.err());
        assertFalse(Files.exists(output), "the second run wrote its output");
    }

    private static double[] vector(Map<String, Object> line) {
        return ((List<?>) line.get("vector"))
                .stream().mapToDouble(x -> ((Number) x).doubleValue()).toArray();
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** A run that was killed before its first vector leaves such a file. */
    @ParameterizedTest
    @ValueSource(ints = {0, 7, 19})
    void aFileWithoutAWholeHeaderIsBegunAnew(int size) throws IOException {
        Path input = Files.writeString(dir.resolve("in.txt"), "a\nb\n");
        Files.write(partial, new byte[size]);
        Ran resumed = embed(input, "--resume");
        assertEquals(ExitCode.DONE, resumed.code(), resumed.toString());
        assertFalse(resumed.out().contains("resumed"), resumed.out());
        assertEquals(2, Files.readAllLines(output).size());
    }

    /** The last line is bad, so that a run without {@code --skip-bad} ends there and leaves what is before. */
    private Path ended() throws IOException {
        String[] texts = new String[300];
        Arrays.setAll(texts, i -> "\"text " + i + "\"");
        texts[299] = "bad";
        Path input = Files.writeString(dir.resolve("in.jsonl"), String.join("\n", texts) + "\n");
        List<String> words = new ArrayList<>(words(input));
        words.remove("--skip-bad");
        assertEquals(ExitCode.WRONG_INPUT, Ran.command(words.toArray()).code());
        assertTrue(Files.exists(partial));
        return input;
    }

    @Test
    void otherWeightsOfTheSameSizeAreNotGoneOnWith() throws IOException {
        Path input = ended();
        weights("w.safetensors", 2);
        Ran other = embed(input, "--resume");
        assertTrue(other.err().contains("was made with another model or other options"), other.err());
        weights("w.safetensors", 1);
        assertEquals(ExitCode.DONE, embed(input, "--resume").code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--pooling last", "--normalize", "--prefix x", "--long-texts split", "--cast-weights"})
    void otherOptionsAreNotGoneOnWith(String more) throws IOException {
        Path input = ended();
        List<Object> options = new ArrayList<>(List.of("--resume"));
        options.addAll(Arrays.asList(more.split(" ")));
        Ran other = embed(input, options.toArray());
        assertTrue(other.err().contains("was made with another model or other options"), other.err());
    }

    @Test
    void anotherModelOrTokenizerIsNotGoneOnWith() throws IOException {
        Path input = ended();
        String text = Files.readString(model);
        Files.writeString(model, text.replace("transpose(x)", "transpose(x) * 2.0"));
        assertTrue(embed(input, "--resume").err().contains("was made with another model or other options"));
        Files.writeString(model, text);
        Path tokenizer = Files.writeString(dir.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
                 "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "text": 1}, "unk_token": "[UNK]"}}
                """);
        assertTrue(embed(input, "--resume", "--tokenizer", tokenizer)
                .err()
                .contains("was made with another model or other options"));
    }

    @Test
    void anOutputThatIsThereIsReplaced() throws IOException {
        Files.writeString(output, "before");
        assertEquals(
                ExitCode.DONE,
                embed(Files.writeString(dir.resolve("in.txt"), "a\n")).code());
        assertTrue(Files.readString(output).startsWith("{\"line\":1,"));
    }
}
