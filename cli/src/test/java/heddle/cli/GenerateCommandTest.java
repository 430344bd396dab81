package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.report.Utf8Letters;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
    /** Each byte that it sees counts: after three, {@code d} is the likeliest; with fewer or more it is another letter. */
    private static final String COUNTING = """
            dim B, N
            input tokens: i64[B, N]
            let letter = 97.0 + cast(N, f32) + weight "w" : f32
            let far = abs(cast(iota(256), f32) - letter)
            output logits: f32[B, N, 256] = cast(tokens[:, :, new], f32) * 0.0 - far
            """;

    @TempDir
    Path dir;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = Files.writeString(dir.resolve("count.heddle"), COUNTING);
        Files.writeString(dir.resolve("count.properties"), "weights = w.safetensors\n");
    }

    private void weights(float value, Map<String, String> text) {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("w", Tensor.of(new float[] {value}));
        Safetensors.writeDurably(tensors, text, dir.resolve("w.safetensors"));
    }

    private Ran generate(Object... more) {
        Object[] words = {"generate", model, "--prompt", "12345", "--max-tokens", "2", "--temperature", "0"};
        Object[] all = new Object[words.length + more.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return Ran.command(all);
    }

    @Test
    void theWindowIsThatOfTheWeightsAlsoWhereTheManifestNamesThem() {
        weights(0, Map.of("heddle.window", "3"));
        assertEquals("12345dd", generate().out().strip());
        assertEquals("12345cc", generate("--window", "2").out().strip());
        weights(0, Map.of());
        assertEquals("12345fg", generate().out().strip());
    }

    @Test
    void aDamagedWindowIsSaid() {
        for (String wrong : new String[] {"three", "0", "99999999999"}) {
            weights(0, Map.of("heddle.window", wrong));
            Ran ran = generate();
            assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
            assertTrue(ran.err().contains("error[H1404]") && ran.err().contains("\"" + wrong + "\""), ran.err());
            assertEquals("12345dd", generate("--window", "3").out().strip());
        }
    }

    @Test
    void scoresThatAreNoNumbersAreSaid() {
        weights(Float.NaN, Map.of());
        Ran ran = generate();
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
        assertTrue(ran.err().contains("error[H1406]: the model scores no token"), ran.err());
    }

    @Test
    void bytesBecomeLettersAsSoonAsTheyAreWhole() {
        assertEquals("a\u00fc\u20ac", printed("a\u00fc\u20ac".getBytes(StandardCharsets.UTF_8)));
        assertEquals("a\ufffdb", printed(new byte[] {'a', (byte) 0xFF, 'b'}));
        // What is part of a letter at the end is none.
        assertEquals("a\ufffd", printed(new byte[] {'a', (byte) 0xE2, (byte) 0x82}));
        StringWriter text = new StringWriter();
        Utf8Letters letters = new Utf8Letters(new PrintWriter(text));
        letters.accept(0xC3);
        assertEquals("", text.toString());
        letters.accept(0xBC);
        assertEquals("\u00fc", text.toString());
    }

    private static String printed(byte[] bytes) {
        StringWriter text = new StringWriter();
        Utf8Letters letters = new Utf8Letters(new PrintWriter(text));
        for (byte b : bytes) {
            letters.accept(b & 0xFF);
        }
        letters.end();
        return text.toString();
    }

    @Test
    void saysWhatDoesNotWrite() throws IOException {
        Path other = Files.writeString(dir.resolve("m.heddle"), "input x: f32[2]\noutput y = x\n");
        Ran ran = Ran.command("generate", other);
        assertEquals(ExitCode.WRONG_INPUT, ran.code());
        assertTrue(ran.err().contains("error[H1406]: a model that writes has one input of tokens"), ran.err());
        ran = generate("--weights", "random", "--logits", "logit");
        assertTrue(ran.err().contains("did you mean \"logits\"?"), ran.err());
    }

    /** More bytes than the manifest allows are refused before anything is compiled, and fewer are the default. */
    @Test
    void aWindowThatTheModelDoesNotHaveIsRefused() throws IOException {
        Files.writeString(dir.resolve("count.properties"), "weights = w.safetensors\ntokens = 4\n");
        weights(0, Map.of());
        Ran ran = generate("--window", "5");
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
        assertTrue(
                ran.err().contains("error[H1406]: a window of 5 bytes is more than the model count sees: 4"),
                ran.err());
        assertEquals("", ran.out());
        assertEquals("12345ee", generate().out().strip());
        Ran fixed = generate("--window", "7", "-D", "N=3");
        assertTrue(fixed.err().contains("a window of 7 bytes is more than the model count sees: 3"), fixed.err());
    }

    /** A table of positions says it as well, and is asked before the first byte is printed. */
    @Test
    void aWindowPastTheTableOfPositionsIsRefused() throws IOException {
        String places = COUNTING.replace("* 0.0", "* 0.0 + 0.0 * (weight \"places\" : f32[4])[:N, new]");
        model = Files.writeString(dir.resolve("places.heddle"), places);
        Ran ran = generate("--weights", "random", "--window", "5");
        assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
        assertTrue(ran.err().contains("a window of 5 bytes is more than the model places sees: 4"), ran.err());
        assertTrue(ran.err().contains("--window 4"), ran.err());
        assertEquals("", ran.out());
        assertEquals(ExitCode.DONE, generate("--weights", "random").code());
    }
}
