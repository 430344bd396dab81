package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of different length in one call: outputs for tokens and for whole texts, each as for the text alone. */
class TextRunsTest {
    private static final String ENCODER = """
            dim B, N
            input ids: i64[B, N]
            input mask: i64[B, N]
            let x = embed(ids, weight "words" : f32[256, 32]) + (weight "places" : f32[150, 32])[0:N]
            fn heads(x) = transpose(split_axis(x, -1, [2, 16]), 1, 2)
            let s = heads(x @ weight "q" : f32[32, 32]) @ transpose(heads(x)) / 4.0
            let p = softmax(where(mask[:, new, new, :] == 1, s, -inf), axis = -1)
            let y = layer_norm(x + merge_axes(transpose(p @ heads(x @ weight "v" : f32[32, 32]), 1, 2), -2, -1))
            let there = cast(mask, f32)[..., new]
            let mean = sum(y * there, axis = 1) / sum(there, axis = 1)
            """;

    @TempDir
    static Path dir;

    private static CompiledModel compiled;

    private static HeddleModel model(String outputs) throws IOException {
        Path file = Files.writeString(Files.createTempFile(dir, "model", ".heddle"), ENCODER + outputs);
        Files.writeString(
                Path.of(file.toString().replace(".heddle", ".properties")), "tokenizer = bytes\ntokens = 150\n");
        return Heddle.model(file);
    }

    @BeforeAll
    static void compile() throws IOException {
        compiled = model("""
                output unit: f32[B, 32] = mean / sqrt(sum(mean * mean, axis = -1, keepdims = true))
                output tokens: f32[B, N, 32] = y
                output dense: f32[B, 8] = tanh(y[:, 0] @ weight "pooler" : f32[32, 8])
                output most: f32[B, 32] = max(where(mask[..., new] == 1, y, -inf), axis = 1)
                output apart: f32[B, N, 32] = y - mean[:, new]
                """)
                .compile(CompileOptions.defaults().withWeights("random").withThreads(2));
    }

    private static List<String> texts(Random random) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 1 + random.nextInt(i % 7 == 0 ? 150 : 40); text.length() < length; ) {
                text.append((char) ('a' + random.nextInt(26)));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    /** More texts than a run takes. */
    @Test
    void eachTextHasWhatItHasAlone() {
        List<String> texts = texts(new Random(3));
        assertTrue(String.join("", texts).length() > 1100, "two runs at least");
        Map<String, Tensor> together = compiled.run(texts);
        assertEquals(List.of("unit", "tokens", "dense", "most", "apart"), List.copyOf(together.keySet()));
        int longest = texts.stream().mapToInt(String::length).max().orElseThrow();
        assertArrayEquals(new long[] {60, longest, 32}, together.get("tokens").shape());
        assertArrayEquals(new long[] {60, longest, 32}, together.get("apart").shape());
        assertArrayEquals(new long[] {60, 8}, together.get("dense").shape());
        for (int i = 0; i < texts.size(); i++) {
            Map<String, Tensor> alone = compiled.run(List.of(texts.get(i)));
            for (String name : together.keySet()) {
                float[] expected = alone.get(name).floats();
                float[] all = together.get(name).floats();
                int place = all.length / texts.size();
                for (int e = 0; e < place; e++) {
                    float want = e < expected.length ? expected[e] : 0;
                    assertEquals(want, all[i * place + e], 5e-6f, name + " of text " + i + ", element " + e);
                }
            }
        }
    }

    /** Were they padded, a text's outputs would depend on how long the others are: that of places behind its end is not masked. */
    @Test
    void textsAreNotPadded() throws IOException {
        CompiledModel unmasked = model("output wrong: f32[B, 32] = mean(y, axis = 1)\n")
                .compile(CompileOptions.defaults().withWeights("random"));
        float[] alone = unmasked.run(List.of("abc")).get("wrong").floats();
        float[] together =
                unmasked.run(List.of("a longer text", "abc")).get("wrong").floats();
        assertArrayEquals(alone, Arrays.copyOfRange(together, 32, 64), 2e-6f);
    }

    @Test
    void aTextWithoutTokensHasZeros() {
        Map<String, Tensor> some = compiled.run(List.of("", "abc", ""));
        float[] unit = some.get("unit").floats();
        assertArrayEquals(new float[32], Arrays.copyOfRange(unit, 64, 96));
        assertArrayEquals(compiled.run(List.of("abc")).get("unit").floats(), Arrays.copyOfRange(unit, 32, 64), 2e-6f);
    }

    /** What mixes texts, or is large behind the pooling, runs in rows as before. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            f32[B, B]     | mean @ transpose(mean)
            f32[B, 32]    | mean - mean(mean, axis = 0, keepdims = true)
            f32[32]       | sum(mean, axis = 0)
            f32[B, N, 32] | (y + mean[:, new]) @ weight "q" : f32[32, 32]
            f32[B, N, N]  | softmax((y + mean[:, new]) @ transpose(y), axis = -1)
            """)
    void whatCannotBeTakenApartIsNot(String type, String output) throws IOException {
        HeddleModel model = model("output z: " + type + " = " + output + "\n");
        assertTrue(PackedModel.parts(model).isEmpty());
        assertEquals(
                1,
                model.compile(CompileOptions.defaults().withWeights("random"))
                        .run(List.of("ab", "abc"))
                        .size());
    }
}
