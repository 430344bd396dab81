package heddle.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is saved is loaded where the model's files are gone. */
class SavedEmbedderTest {
    @TempDir
    static Path dir;

    private static SparkSession spark;

    @BeforeAll
    static void start() {
        spark = LocalSpark.session();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    @Test
    void aPipelineIsLoadedWithoutTheModelsFiles() throws IOException {
        Path folder = dir.resolve("model");
        HeddleEmbedder embedder = new HeddleEmbedder()
                .setInputCol("lower")
                .setOutputCol("vector")
                .setErrorCol("error")
                .setModel(SmallEncoder.write(folder).toString())
                .setPrompt("query")
                .setTokenBudget(100)
                .setNormalize(false);
        SQLTransformer lower = new SQLTransformer().setStatement("SELECT *, lower(text) AS lower FROM __THIS__");
        Dataset<Row> table = LocalSpark.table(spark, List.of("One", "Two and three", "FOUR"), 2);
        PipelineModel pipeline =
                new Pipeline().setStages(new PipelineStage[] {lower, embedder}).fit(table);
        List<Row> before = pipeline.transform(table).collectAsList();

        String saved = dir.resolve("pipeline").toString();
        pipeline.save(saved);
        Utils.deleteRecursively(folder.toFile());
        PipelineModel loaded = PipelineModel.load(saved);

        assertEquals(before, loaded.transform(table).collectAsList());
        HeddleEmbedder stage = (HeddleEmbedder) loaded.stages()[1];
        assertEquals(embedder.uid(), stage.uid());
        assertEquals("query", stage.getPrompt());
        assertEquals(100, stage.getTokenBudget());
        assertEquals(false, stage.getNormalize());
        assertEquals(embedder.getModel(), stage.getModel());

        String again = dir.resolve("again").toString();
        stage.write().overwrite().save(again);
        stage.write().overwrite().save(again);
        assertEquals("error", HeddleEmbedder.load(again).getErrorCol());
        assertThrows(IOException.class, () -> stage.save(again));
    }

    @Test
    void whatIsDamagedIsNotLoaded() throws IOException {
        Path saved = dir.resolve("damaged");
        new HeddleEmbedder()
                .setInputCol("text")
                .setModel(SmallEncoder.write(dir.resolve("other")).toString())
                .save(saved.toString());
        Path zip = saved.resolve(EmbedderWriter.MODEL);
        Files.deleteIfExists(saved.resolve("." + EmbedderWriter.MODEL + ".crc"));
        byte[] bytes = Files.readAllBytes(zip);
        bytes[bytes.length / 2] ^= 1;
        Files.write(zip, bytes);
        assertUnreadable(saved);
        Files.write(zip, Arrays.copyOf(bytes, bytes.length / 2));
        assertUnreadable(saved);
        Files.delete(zip);
        assertUnreadable(saved);
    }

    private static void assertUnreadable(Path saved) {
        UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> HeddleEmbedder.load(saved.toString()));
        assertTrue(e.getMessage().contains(saved.toString()), e.getMessage());
    }

    @Test
    void anEmbedderWithoutAModelIsNotSaved() {
        HeddleEmbedder none = new HeddleEmbedder().setInputCol("text");
        String path = dir.resolve("none").toString();
        assertThrows(IllegalArgumentException.class, () -> none.save(path));
    }
}
