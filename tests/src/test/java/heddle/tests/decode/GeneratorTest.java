package heddle.tests.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.generate.Generator;
import heddle.runtime.generate.Sampling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text is the same whether caches keep what was read or the window is read anew for each byte. */
class GeneratorTest {
    private static final byte[] PROMPT = "the river".getBytes(StandardCharsets.UTF_8);

    /** Of hidden scores, minus infinity shows that nothing reads what follows; a finite one does not. */
    private static final String DECODER = """
            dim B, N
            input tokens: i64[B, N]
            fn heads(x, n) = transpose(split_axis(x, -1, [n, 8]), 1, 2)
            let x = embed(tokens, weight "words" : f32[256, 32]) + (weight "places" : f32[40, 32])[:N]
            for l in 0 .. 2 {
                let q = rope(heads(x @ weight "q{l}" : f32[32, 32], 4), iota(N))
                let k = repeat(rope(heads(x @ weight "k{l}" : f32[32, 16], 2), iota(N)), 2, axis = 1)
                let v = repeat(heads(x @ weight "v{l}" : f32[32, 16], 2), 2, axis = 1)
                let s = where(iota(N)[new, :] <= iota(N)[:, new], q @ transpose(k) / sqrt(8), %s)
                x = x + merge_axes(transpose(softmax(s, axis = -1) @ v, 1, 2), -2, -1)
            }
            output logits = x @ transpose(weight "words" : f32[256, 32])
            """;

    @TempDir
    Path dir;

    private final List<String> warnings = new ArrayList<>();

    private HeddleModel model(String hidden) throws IOException {
        return Heddle.model(Files.writeString(dir.resolve("decoder.heddle"), DECODER.formatted(hidden)));
    }

    private String written(String hidden, int window, int count, double temperature) throws IOException {
        CompileOptions options = CompileOptions.defaults().withWeights("random").withWarnings(warnings::add);
        Generator generator = Generator.of(model(hidden), "logits", window, options);
        StringBuilder text = new StringBuilder();
        for (int again = 0; again < 2; again++) {
            generator.write(
                    PROMPT,
                    count,
                    new Sampling(temperature, 256, 7),
                    b -> text.append(b).append(' '));
        }
        return text.toString();
    }

    @Test
    void cachesChangeNothing() throws IOException {
        String kept = written("-inf", 40, 30, 0.5);
        assertEquals(List.of(), warnings);
        assertEquals(written("-1e30", 40, 30, 0.5), kept);
        assertEquals(1, warnings.size());
        assertTrue(
                warnings.getFirst()
                        .startsWith(
                                "each byte reads the whole window again: it is not shown that no token reads what follows it ("),
                warnings.getFirst());
        assertTrue(warnings.getFirst().contains("decoder.heddle:"), warnings.getFirst());
    }

    /** Behind the window, and with one that is shorter than the prompt, the last bytes are read anew. */
    @Test
    void aTextMayBeLongerThanTheWindow() throws IOException {
        for (int window : new int[] {1, 5, 9, 10, 20}) {
            assertEquals(written("-1e30", window, 20, 0.5), written("-inf", window, 20, 0.5), "window " + window);
        }
    }
}
