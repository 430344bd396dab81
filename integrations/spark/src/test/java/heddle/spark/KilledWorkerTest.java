package heddle.spark;

import static org.apache.spark.sql.functions.input_file_name;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A master and two workers, one of which is killed in the middle of a job: what is written is as if nothing had happened. */
class KilledWorkerTest {
    private static final int TEXTS = 2000;
    private static final int PARTITIONS = 8;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path dir;

    /** How many tasks succeeded, how many did not, and how many executors were lost. */
    private static final class Events extends SparkListener {
        final AtomicInteger succeeded = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger lost = new AtomicInteger();

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            (end.taskInfo().successful() ? succeeded : failed).incrementAndGet();
        }

        @Override
        public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
            lost.incrementAndGet();
        }
    }

    @Test
    @Timeout(300)
    void aKilledWorkerLosesNothingAndDoublesNothing() throws Exception {
        Path model = SmallEncoder.write(dir.resolve("model"));
        List<String> texts = SmallEncoder.texts(TEXTS, 11);
        try (Cluster cluster = new Cluster(dir.resolve("cluster"), 2)) {
            SparkSession spark = cluster.session(2);
            try {
                Dataset<Row> table = LocalSpark.table(spark, texts, PARTITIONS);
                HeddleEmbedder embedder = new HeddleEmbedder()
                        .setInputCol("text")
                        .setOutputCol("vector")
                        .setTokenBudget(128)
                        .setModel(model.toString());
                String undisturbed = dir.resolve("undisturbed").toString();
                embedder.transform(table).write().parquet(undisturbed);

                Events events = new Events();
                spark.sparkContext().addSparkListener(events);
                String disturbed = dir.resolve("disturbed").toString();
                killInTheMiddle(cluster, embedder.transform(table), disturbed);

                assertTrue(events.lost.get() > 0, "no executor was lost");
                assertTrue(events.failed.get() > 0, "no task was lost");
                assertFalse(cluster.isAlive(0));
                assertTrue(cluster.isAlive(1));
                assertSame(spark, undisturbed, disturbed);
                assertTrue(
                        embedder.metrics().rows() >= 2 * TEXTS,
                        embedder.metrics().rows() + " rows were counted");
            } finally {
                spark.stop();
            }
        }
    }

    private static void killInTheMiddle(Cluster cluster, Dataset<Row> rows, String output)
            throws IOException, ExecutionException, InterruptedException, TimeoutException {
        Path signals = Files.createDirectories(dir.resolve("signals"));
        Dataset<Row> held = rows.mapPartitions(new HeldRows(signals.toString(), 2, 20), Encoders.row(rows.schema()));
        CompletableFuture<Void> job =
                CompletableFuture.runAsync(() -> held.write().parquet(output));
        HeldRows.awaitHeld(signals, 2);
        cluster.kill(0);
        HeldRows.free(signals);
        job.get(200, TimeUnit.SECONDS);
    }

    private static void assertSame(SparkSession spark, String undisturbed, String disturbed) {
        List<Row> expected = spark.read().parquet(undisturbed).orderBy("id").collectAsList();
        Dataset<Row> files = spark.read().parquet(disturbed).withColumn("file", input_file_name());
        List<Row> found = files.orderBy("id").collectAsList();
        assertRising(files.select("file", "id").collectAsList());
        assertEquals(TEXTS, found.size());
        assertEquals(TEXTS, expected.size());
        for (int i = 0; i < TEXTS; i++) {
            Row row = found.get(i);
            assertEquals((long) i, row.getLong(0));
            assertEquals(expected.get(i).getString(1), row.getString(1));
            assertArrayEquals(((Vector) expected.get(i).get(2)).toArray(), ((Vector) row.get(2)).toArray(), "row " + i);
        }
    }

    /** Rows of each file are in the order in which they were given. */
    private static void assertRising(List<Row> rows) {
        Map<String, Long> last = new HashMap<>();
        for (Row row : rows) {
            Long before = last.put(row.getString(0), row.getLong(1));
            assertTrue(before == null || before < row.getLong(1), row + " comes after " + before);
        }
        assertEquals(PARTITIONS, last.size());
    }
}
