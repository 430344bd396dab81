package heddle.tests.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.api.CompiledModel;
import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.Model;
import heddle.api.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MiniLM for texts end to end gives the vectors that MiniLM gives for each text alone. */
class MiniLmPackedTest {
    @TempDir
    static Path dir;

    @Test
    void textsTogetherHaveTheVectorsOfEachAlone() {
        var files = MiniLm.options(dir);
        Options options = Options.defaults()
                .weights(files.weights().orElseThrow())
                .tokenizer(files.tokenizer().orElseThrow());
        Model model = Heddle.model(Path.of("..", "examples", "minilm.heddle"));
        CompiledModel alone = model.compile(options);
        List<String> texts = new ArrayList<>(List.of("The bank is near the river", "", "Money", "x ".repeat(700)));
        for (int words = 5; words < 140; words += 30) {
            texts.add("many old trees ".repeat(words / 3));
        }
        Embedder embedder =
                Embedder.of(model, options, Embedder.Settings.defaults().tokenBudget(600));
        List<float[]> vectors = embedder.embed(texts);
        assertEquals(384, embedder.dimension());
        assertEquals(1, embedder.longTexts());
        for (int i = 0; i < texts.size(); i++) {
            float[] expected = alone.run(List.of(texts.get(i))).get("embedding").floats();
            assertArrayEquals(expected, vectors.get(i), 2e-6f, "text " + i);
        }
        List<String> some = texts.subList(0, 3);
        Path packed = Path.of("..", "examples", "minilm-packed.heddle");
        float[] rows =
                Heddle.model(packed).compile(options).run(some).get("tokens").floats();
        float[] first = alone.run(some.subList(0, 1)).get("tokens").floats();
        assertArrayEquals(first, Arrays.copyOf(rows, first.length), 2e-5f);
    }
}
