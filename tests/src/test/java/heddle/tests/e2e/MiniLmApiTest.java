package heddle.tests.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.CompiledModel;
import heddle.api.Heddle;
import heddle.api.Model;
import heddle.api.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MiniLM as a program uses it: texts, threads, interrupts. */
class MiniLmApiTest {
    private static final List<String> SENTENCES = List.of(
            "The bank is near the river",
            "Money",
            "She put money in the bank before it closed for the night",
            "We walked along the river",
            "a b c d e f g h i j k l m n o p q r s t u v w x y z");

    @TempDir
    static Path dir;

    private static Options options;
    private static Model model;
    private static CompiledModel compiled;

    @BeforeAll
    static void compile() {
        var files = MiniLm.options(dir);
        options = Options.defaults()
                .weights(files.weights().orElseThrow())
                .tokenizer(files.tokenizer().orElseThrow());
        model = Heddle.model(Path.of("..", "examples", "minilm.heddle"));
        compiled = model.compile(options);
    }

    private static float[] vector(String text) {
        return compiled.run(List.of(text)).get("embedding").floats();
    }

    @Test
    void threadsThatRunAtOnceGetWhatOneGets() throws Exception {
        List<float[]> expected = SENTENCES.stream().map(MiniLmApiTest::vector).toList();
        List<Callable<float[]>> runs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String text = SENTENCES.get(i % SENTENCES.size());
            runs.add(() -> vector(text));
        }
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            int i = 0;
            for (var result : callers.invokeAll(runs)) {
                assertArrayEquals(expected.get(i++ % SENTENCES.size()), result.get(), 1e-6f);
            }
        }
    }

    @Test
    void anInterruptedThreadCompilesAndRuns() {
        float[] expected = vector("Money");
        Thread.currentThread().interrupt();
        float[] vector = model.compile(options.threads(1))
                .run(List.of("Money"))
                .get("embedding")
                .floats();
        assertTrue(Thread.interrupted(), "it is still interrupted");
        assertArrayEquals(expected, vector, 1e-6f);
    }

    @Test
    void theTokenizerIsReadOnce() throws Exception {
        Path copy = Files.copy(Path.of(MiniLm.options(dir).tokenizer().orElseThrow()), dir.resolve("copy.json"));
        CompiledModel own = model.compile(options.tokenizer(copy.toString()));
        float[] before = own.run(List.of("Money")).get("embedding").floats();
        Files.delete(copy);
        assertArrayEquals(before, own.run(List.of("Money")).get("embedding").floats(), 1e-6f);
    }

    @Test
    void saysWhatItIs() {
        assertEquals("fused 6/6 attention", compiled.fusion());
        assertEquals("i64[B, N]", text(model.inputs().get("input_ids")));
    }

    private static String text(heddle.api.TensorType type) {
        return type.elements().name().toLowerCase(java.util.Locale.ROOT) + type.shape();
    }
}
