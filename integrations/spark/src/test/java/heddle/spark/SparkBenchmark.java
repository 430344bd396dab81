package heddle.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.Utils;

/**
 * Vectors of texts by MiniLM on two workers with a core each, beside one: processes of this machine. Arguments: how many texts, and
 * how many rounds. Rounds alternate; each cluster has compiled the model before. Prints the medians and the speed-up.
 */
final class SparkBenchmark {
    private static final String[] WORDS = {
        "the",
        "of",
        "river",
        "money",
        "a",
        "bank",
        "walked",
        "into",
        "she",
        "account",
        "morning",
        "every",
        "letter",
        "in",
        "was",
        "brought",
        "house",
        "light",
        "over",
        "question",
        "answer",
        "small",
        "they",
        "carried",
        "to",
        "winter",
        "glass",
        "and"
    };

    private SparkBenchmark() {}

    public static void main(String[] args) throws IOException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        List<String> texts = texts(count);
        double[][] seconds = new double[2][rounds];
        long[] tokens = new long[1];
        for (int round = 0; round < rounds; round++) {
            for (int workers = 1; workers <= 2; workers++) {
                seconds[workers - 1][round] = seconds(texts, workers, tokens);
                System.out.printf("round %d, %d workers: %.1f s%n", round + 1, workers, seconds[workers - 1][round]);
            }
        }
        double one = median(seconds[0]);
        double two = median(seconds[1]);
        System.out.printf(
                "%d texts, %d tokens: one worker %.1f s (%.0f texts/s), two workers %.1f s (%.0f texts/s), speed-up %.2f%n",
                count, tokens[0], one, count / one, two, count / two, one / two);
    }

    private static double median(double[] some) {
        double[] sorted = some.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static double seconds(List<String> texts, int workers, long[] tokens) throws IOException {
        Path home = Files.createTempDirectory("heddle-benchmark");
        try (Cluster cluster = new Cluster(home, workers)) {
            SparkSession spark = cluster.session(workers);
            try {
                HeddleEmbedder embedder = new HeddleEmbedder()
                        .setInputCol("text")
                        .setOutputCol("vector")
                        .setOutputType("array")
                        .setModel(Path.of("../../examples/minilm.heddle")
                                .toAbsolutePath()
                                .toString());
                // Each executor has compiled the model, and HotSpot its kernels.
                write(embedder.transform(
                        LocalSpark.table(spark, texts.subList(0, Math.min(400, texts.size())), 4 * workers)));
                Dataset<Row> made = embedder.transform(LocalSpark.table(spark, texts, 20));
                long before = embedder.metrics().tokens();
                long start = System.nanoTime();
                write(made);
                double seconds = (System.nanoTime() - start) / 1e9;
                tokens[0] = embedder.metrics().tokens() - before;
                return seconds;
            } finally {
                spark.stop();
            }
        } finally {
            Utils.deleteRecursively(home.toFile());
        }
    }

    /** All is computed and given away. */
    private static void write(Dataset<Row> rows) {
        rows.write().format("noop").mode("overwrite").save();
    }

    /** Of some five to three hundred words, about sixty on average. */
    private static List<String> texts(int count) {
        Random random = new Random(1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int words = (int) Math.clamp(Math.exp(3.8 + 0.75 * random.nextGaussian()), 4, 300);
            StringBuilder text = new StringBuilder();
            for (int w = 0; w < words; w++) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            }
            texts.add(text.toString().strip());
        }
        return texts;
    }
}
