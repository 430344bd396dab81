package heddle.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Embedder;
import heddle.api.HeddleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.SparkException;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The transformer in a session of this process, beside the embedder that it calls. */
class HeddleEmbedderTest {
    private static final double TOLERANCE = 2e-6;

    @TempDir
    static Path dir;

    private static SparkSession spark;
    private static Path model;

    @BeforeAll
    static void start() throws IOException {
        model = SmallEncoder.write(dir.resolve("model"));
        spark = LocalSpark.session();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static HeddleEmbedder embedder() {
        return new HeddleEmbedder().setInputCol("text").setOutputCol("vector").setModel(model.toString());
    }

    private static void assertVectors(List<float[]> expected, List<Row> rows, int column) {
        assertEquals(expected.size(), rows.size());
        for (int i = 0; i < rows.size(); i++) {
            assertEquals(i, rows.get(i).getLong(0));
            double[] made = ((Vector) rows.get(i).get(column)).toArray();
            for (int d = 0; d < made.length; d++) {
                assertEquals(expected.get(i)[d], made[d], TOLERANCE, "row " + i + ", element " + d);
            }
        }
    }

    @Test
    void vectorsAreThoseOfTheEmbedder() {
        List<String> texts = SmallEncoder.texts(300, 1);
        HeddleEmbedder embedder = embedder();
        Dataset<Row> made = embedder.transform(LocalSpark.table(spark, texts, 3));
        assertVectors(SmallEncoder.vectors(model, texts, Embedder.Settings.defaults()), made.collectAsList(), 2);
        EmbeddingMetrics metrics = embedder.metrics();
        assertEquals(300, metrics.rows());
        assertEquals(0, metrics.badRows());
        assertEquals(texts.stream().mapToLong(String::length).sum(), metrics.tokens());
        assertEquals(0, metrics.padding());
    }

    @Test
    void batchesBoundWhatIsReadAhead() {
        List<String> texts = SmallEncoder.texts(400, 2);
        Dataset<Row> table = LocalSpark.table(spark, texts, 1);
        List<Row> rows = embedder().setTokenBudget(16).transform(table).takeAsList(1);
        assertEquals(1, rows.size());
        HeddleEmbedder embedder = embedder().setTokenBudget(16);
        embedder.transform(table).takeAsList(1);
        long most = 16 * 16 * 4 + SmallEncoder.LIMIT;
        assertTrue(embedder.metrics().tokens() <= most, embedder.metrics().tokens() + " tokens for one row");
    }

    @Test
    void theSchemaSaysWhatIsAppended() {
        StructType given = new StructType().add("id", DataTypes.LongType, false).add("text", DataTypes.StringType);
        StructType made = embedder().setErrorCol("error").transformSchema(given);
        assertArrayEquals(new String[] {"id", "text", "vector", "error"}, made.fieldNames());
        assertEquals(SQLDataTypes.VectorType(), made.apply("vector").dataType());
        assertEquals(DataTypes.StringType, made.apply("error").dataType());
        StructType arrays = embedder().setOutputType("array").transformSchema(given);
        assertEquals(
                DataTypes.createArrayType(DataTypes.FloatType, false),
                arrays.apply("vector").dataType());
        assertEquals(
                made,
                embedder()
                        .setErrorCol("error")
                        .transform(LocalSpark.table(spark, List.of("a"), 1))
                        .schema());
    }

    @Test
    void mistakesInTheSchemaNameTheRemedy() {
        StructType given = new StructType().add("id", DataTypes.LongType).add("text", DataTypes.StringType);
        assertMistake("the columns are id, text", embedder().setInputCol("body"), given);
        assertMistake("holds bigint, not texts", embedder().setInputCol("id"), given);
        assertMistake("there is a column text already", embedder().setOutputCol("text"), given);
        assertMistake("there is a column vector already", embedder().setErrorCol("vector"), given);
        assertMistake("inputCol", new HeddleEmbedder(), given);
        assertMistake("clear one of them", embedder().setPrompt("query").setPrefix("x"), given);
        assertThrows(IllegalArgumentException.class, () -> embedder().setOutputType("list"));
        assertThrows(IllegalArgumentException.class, () -> embedder().setLongTexts("drop"));
        assertThrows(IllegalArgumentException.class, () -> embedder().setTokenBudget(0));
        assertThrows(IllegalArgumentException.class, () -> embedder().setThreads(0));
    }

    private static void assertMistake(String part, HeddleEmbedder embedder, StructType given) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> embedder.transformSchema(given));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void mistakesInTheModelAreFoundOnTheDriver() throws IOException {
        Dataset<Row> table = LocalSpark.table(spark, List.of("a"), 1);
        HeddleException none = assertThrows(
                HeddleException.class,
                () -> embedder().setModel("nowhere.heddle").transform(table));
        assertTrue(none.getMessage().contains("nowhere.heddle"), none.getMessage());
        HeddleException unknown = assertThrows(
                HeddleException.class,
                () -> embedder().setModel("all-minilm-l6").transform(table));
        assertTrue(unknown.getMessage().contains("all-minilm-l6-v2"), unknown.getMessage());
        Path wrong = dir.resolve("wrong.heddle");
        Files.writeString(wrong, "dim B, N\ninput ids: i64[B, N]\noutput y = x\n");
        assertThrows(
                HeddleException.class,
                () -> embedder().setModel(wrong.toString()).transform(table));
    }

    @Test
    void arraysOfFloatsHoldTheSame() {
        List<String> texts = SmallEncoder.texts(5, 3);
        List<Row> rows = embedder()
                .setOutputType("array")
                .transform(LocalSpark.table(spark, texts, 1))
                .collectAsList();
        List<float[]> expected = SmallEncoder.vectors(model, texts, Embedder.Settings.defaults());
        for (int i = 0; i < rows.size(); i++) {
            List<Float> made = rows.get(i).getList(2);
            assertEquals(SmallEncoder.DIMENSION, made.size());
            for (int d = 0; d < made.size(); d++) {
                assertEquals(expected.get(i)[d], made.get(d), TOLERANCE);
            }
        }
    }

    @Test
    void promptsPrefixesAndLongTextsAreAsTheEmbedders() {
        List<String> texts = new ArrayList<>(SmallEncoder.texts(10, 4));
        texts.add(SmallEncoder.text(400, new Random(4)));
        Dataset<Row> table = LocalSpark.table(spark, texts, 2);
        assertVectors(
                SmallEncoder.vectors(model, texts, Embedder.Settings.defaults().prompt("query")),
                embedder().setPrompt("query").transform(table).collectAsList(),
                2);
        HeddleEmbedder split = embedder()
                .setPrefix("p ")
                .setLongTexts("split")
                .setNormalize(false)
                .setThreads(2);
        assertVectors(
                SmallEncoder.vectors(
                        model,
                        texts,
                        Embedder.Settings.defaults()
                                .prefix("p ")
                                .splitLongTexts()
                                .normalize(false)),
                split.transform(table).collectAsList(),
                2);
        assertEquals(1, split.metrics().longTexts());
    }

    @Test
    void partitionsMayBeEmpty() {
        List<String> texts = SmallEncoder.texts(3, 5);
        HeddleEmbedder embedder = embedder();
        assertEquals(
                3,
                embedder.transform(LocalSpark.table(spark, texts, 8))
                        .collectAsList()
                        .size());
        assertEquals(
                0,
                embedder.transform(LocalSpark.table(spark, List.of(), 2))
                        .collectAsList()
                        .size());
        assertEquals(3, embedder.metrics().rows());
    }

    @Test
    void badRowsAreKeptWithWhatIsWrong() {
        List<String> texts = new ArrayList<>(SmallEncoder.texts(40, 6));
        List<float[]> good = SmallEncoder.vectors(model, texts, Embedder.Settings.defaults());
        texts.set(7, null);
        texts.set(20, "caf\u00e9");
        texts.set(39, null);
        HeddleEmbedder embedder = embedder().setErrorCol("error");
        List<Row> rows = embedder.transform(LocalSpark.table(spark, texts, 2)).collectAsList();
        for (int i = 0; i < rows.size(); i++) {
            boolean bad = i == 7 || i == 20 || i == 39;
            assertEquals(bad, rows.get(i).isNullAt(2), "row " + i);
            assertEquals(!bad, rows.get(i).isNullAt(3), "row " + i);
            if (!bad) {
                double[] made = ((Vector) rows.get(i).get(2)).toArray();
                assertEquals(good.get(i)[0], made[0], TOLERANCE);
            }
        }
        assertEquals("the text is null", rows.get(7).getString(3));
        assertTrue(rows.get(20).getString(3).contains("H0"), rows.get(20).getString(3));
        assertEquals(3, embedder.metrics().badRows());
        assertEquals(40, embedder.metrics().rows());
    }

    @Test
    void withoutAnErrorColumnABadRowFailsTheJob() {
        Dataset<Row> nulls = LocalSpark.table(spark, Arrays.asList("a", null), 1);
        SparkException isNull = assertThrows(
                SparkException.class, () -> embedder().transform(nulls).collectAsList());
        assertTrue(everything(isNull).contains("the text is null"), everything(isNull));
        assertTrue(everything(isNull).contains("setErrorCol"), everything(isNull));
        Dataset<Row> accents = LocalSpark.table(spark, List.of("a", "caf\u00e9"), 1);
        SparkException outside = assertThrows(
                SparkException.class, () -> embedder().transform(accents).collectAsList());
        assertTrue(everything(outside).contains("column text"), everything(outside));
    }

    /** Whatever the error column: a model that cannot be used is no row's mistake. */
    @Test
    void aModelThatCannotBeUsedFailsTheJob() {
        Dataset<Row> table = LocalSpark.table(spark, List.of("a"), 1);
        SparkException e = assertThrows(
                SparkException.class,
                () -> embedder()
                        .setErrorCol("error")
                        .setPrompt("passage")
                        .transform(table)
                        .collectAsList());
        assertTrue(everything(e).contains("no prompt \"passage\""), everything(e));
    }

    private static String everything(Throwable e) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = e; t != null; t = t.getCause()) {
            all.append(t.getMessage()).append('\n');
        }
        return all.toString();
    }

    @Test
    void copiesHaveTheirOwnParameters() {
        HeddleEmbedder embedder = embedder().setTokenBudget(64);
        HeddleEmbedder copy = embedder.copy(new ParamMap().put(embedder.outputCol(), "other"));
        assertEquals("vector", embedder.getOutputCol());
        assertEquals("other", copy.getOutputCol());
        assertEquals(64, copy.getTokenBudget());
        assertEquals(embedder.uid(), copy.uid());
        assertTrue(embedder.shipment() == copy.shipment());
        HeddleEmbedder another = embedder.copy(new ParamMap().put(embedder.model(), "another.heddle"));
        assertTrue(embedder.shipment() != another.shipment());
        HeddleEmbedder bare = new HeddleEmbedder().copy(new ParamMap());
        assertFalse(bare.isDefined(bare.model()));
        assertEquals(11, embedder.params().length);
        assertTrue(embedder.explainParams().contains("tokenBudget"));
    }
}
