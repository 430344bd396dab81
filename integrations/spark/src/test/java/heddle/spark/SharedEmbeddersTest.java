package heddle.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Heddle;
import heddle.api.HeddleException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One embedder for all tasks of a process, and none when there are none. */
class SharedEmbeddersTest {
    @TempDir
    static Path dir;

    private static SparkSession spark;
    private static ModelBytes model;

    private final AtomicInteger fetched = new AtomicInteger();

    @BeforeAll
    static void start() throws IOException {
        spark = LocalSpark.session();
        model = ModelBytes.of(Heddle.model(SmallEncoder.write(dir.resolve("model"))));
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private SharedEmbedder acquire(SharedEmbedders embedders, String prompt) {
        EmbedderSettings settings = new EmbedderSettings(prompt, null, false, null, null, 1);
        return embedders.acquire(new SharedEmbedder.Key(model.sum(), settings), () -> {
            fetched.incrementAndGet();
            return model;
        });
    }

    @Test
    void tasksAtTheSameTimeCompileOnce() throws Exception {
        SharedEmbedders embedders = new SharedEmbedders(Duration.ofMinutes(1));
        List<String> texts = SmallEncoder.texts(50, 8);
        List<Future<List<float[]>>> made = new ArrayList<>();
        try (ExecutorService tasks = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 8; i++) {
                made.add(tasks.submit(() -> {
                    SharedEmbedder shared = acquire(embedders, null);
                    try {
                        return shared.embed(texts);
                    } finally {
                        embedders.release(shared);
                    }
                }));
            }
        }
        assertEquals(1, fetched.get());
        for (Future<List<float[]>> one : made) {
            for (int i = 0; i < texts.size(); i++) {
                assertEquals(made.getFirst().get().get(i)[0], one.get().get(i)[0]);
            }
        }
        SharedEmbedder again = acquire(embedders, null);
        long tokens = texts.stream().mapToLong(String::length).sum();
        assertEquals(8 * tokens, again.news().tokens());
        assertEquals(0, again.news().tokens());
        SharedEmbedder other = acquire(embedders, "query");
        assertNotSame(again, other);
        assertEquals(2, embedders.size());
    }

    @Test
    void whatNobodyUsesIsLetGo() throws InterruptedException {
        SharedEmbedders embedders = new SharedEmbedders(Duration.ofMillis(200));
        SharedEmbedder first = acquire(embedders, null);
        SharedEmbedder second = acquire(embedders, null);
        assertSame(first, second);
        first.embed(List.of("a"));
        Path files = first.directory().orElseThrow();
        assertTrue(files.toFile().exists());
        embedders.release(first);
        Thread.sleep(400);
        assertEquals(1, embedders.size(), "one task uses it");
        embedders.release(second);
        for (int i = 0; i < 600 && embedders.size() > 0; i++) {
            Thread.sleep(100);
        }
        assertEquals(0, embedders.size());
        for (int i = 0; i < 600 && files.toFile().exists(); i++) {
            Thread.sleep(100);
        }
        assertFalse(files.toFile().exists());
        assertEquals(1, acquire(embedders, null).embed(List.of("a")).size());
        assertEquals(2, fetched.get());
    }

    @Test
    void anExecutorWithoutTheVectorModuleNamesTheOption() {
        SharedEmbedder.requireVectors(ModuleLayer.boot());
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> SharedEmbedder.requireVectors(ModuleLayer.empty()));
        assertTrue(e.getMessage().contains("spark.executor.extraJavaOptions=--add-modules"), e.getMessage());
    }

    @Test
    void whatCannotBeOpenedLeavesNothing() {
        SharedEmbedders embedders = new SharedEmbedders(Duration.ofMinutes(1));
        SharedEmbedder wrong = acquire(embedders, "nothing");
        assertThrows(HeddleException.class, () -> wrong.embed(List.of("a")));
        assertTrue(wrong.directory().isEmpty());
    }
}
