package heddle.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Embedder;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** A published encoder with its own tokenizer. */
class MiniLmSparkTest {
    @Test
    void vectorsAreThoseOfTheEmbedder() {
        Path model = Path.of("../../examples/minilm.heddle");
        List<String> texts = List.of(
                "The bank is near the river",
                "She put money in the bank",
                "We walked along the river",
                "",
                "A caf\u00e9 \ud83d\ude00",
                "He paid the cheque into his account");
        List<float[]> expected = SmallEncoder.vectors(model, texts, Embedder.Settings.defaults());
        SparkSession spark = LocalSpark.session();
        try {
            HeddleEmbedder embedder = new HeddleEmbedder()
                    .setInputCol("text")
                    .setOutputCol("vector")
                    .setErrorCol("error")
                    .setModel(model.toString());
            List<Row> rows =
                    embedder.transform(LocalSpark.table(spark, texts, 2)).collectAsList();
            for (int i = 0; i < texts.size(); i++) {
                assertTrue(rows.get(i).isNullAt(3), rows.get(i).toString());
                double[] made = ((Vector) rows.get(i).get(2)).toArray();
                assertEquals(384, made.length);
                for (int d = 0; d < made.length; d++) {
                    assertEquals(expected.get(i)[d], made[d], 2e-6, "text " + i);
                }
            }
            assertTrue(cosine(rows.get(1), rows.get(5)) > cosine(rows.get(0), rows.get(5)));
        } finally {
            spark.stop();
        }
    }

    private static double cosine(Row a, Row b) {
        return ((Vector) a.get(2)).dot((Vector) b.get(2));
    }
}
