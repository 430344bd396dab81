package heddle.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What the tasks of a {@link HeddleEmbedder} have done, in all runs since its first {@code transform}. The numbers are Spark
 * accumulators, which its web page shows too. They are approximate: a task that is tried again, or computed again because its result
 * was lost, counts again, and what a task counts that fails is lost.
 *
 * @since 0.2
 */
public final class EmbeddingMetrics implements Serializable {
    private static final long serialVersionUID = 1;

    private final LongAccumulator rows;
    private final LongAccumulator badRows;
    private final LongAccumulator tokens;
    private final LongAccumulator padding;
    private final LongAccumulator longTexts;
    private final LongAccumulator milliseconds;

    EmbeddingMetrics(SparkContext context) {
        rows = context.longAccumulator("heddle rows");
        badRows = context.longAccumulator("heddle bad rows");
        tokens = context.longAccumulator("heddle tokens");
        padding = context.longAccumulator("heddle padding");
        longTexts = context.longAccumulator("heddle long texts");
        milliseconds = context.longAccumulator("heddle milliseconds");
    }

    /** Rows with and without a vector. */
    public long rows() {
        return rows.value();
    }

    /** Rows without a vector, whose error column says why. */
    public long badRows() {
        return badRows.value();
    }

    /** Tokens that were computed, those that mark starts and ends of texts included. */
    public long tokens() {
        return tokens.value();
    }

    /** Tokens of padding that were computed beside them; none where the model takes texts end to end. */
    public long padding() {
        return padding.value();
    }

    /** Texts with more tokens than the model takes. */
    public long longTexts() {
        return longTexts.value();
    }

    /** Milliseconds that tasks spent with making vectors, summed over all tasks; compiling is not among them. */
    public long milliseconds() {
        return milliseconds.value();
    }

    /** Counts a batch. */
    void add(int rows, int bad, SharedEmbedder.Counts counts, long milliseconds) {
        this.rows.add(rows);
        this.badRows.add(bad);
        this.tokens.add(counts.tokens());
        this.padding.add(counts.padding());
        this.longTexts.add(counts.longTexts());
        this.milliseconds.add(milliseconds);
    }
}
