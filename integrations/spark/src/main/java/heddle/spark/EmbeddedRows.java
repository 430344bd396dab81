package heddle.spark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;

/**
 * The rows of a partition with their vectors, in order. Some rows are read ahead, so that texts of different length fill runs
 * together: as many as have about sixteen token budgets of characters. More is never in memory.
 */
final class EmbeddedRows implements Iterator<Row> {
    private static final int BUDGETS = 16;

    /** Of English text; other texts have more tokens, and batches of them are longer. */
    private static final int CHARACTERS_OF_TOKEN = 4;

    private static final int MOST_ROWS = 4096;

    private final Iterator<Row> rows;
    private final Columns columns;
    private final SharedEmbedder embedder;
    private final EmbeddingMetrics metrics;
    private final long mostCharacters;
    private final Deque<Row> ready = new ArrayDeque<>();

    EmbeddedRows(
            Iterator<Row> rows,
            Columns columns,
            SharedEmbedder embedder,
            EmbedderSettings settings,
            EmbeddingMetrics metrics) {
        this.rows = rows;
        this.columns = columns;
        this.embedder = embedder;
        this.metrics = metrics;
        this.mostCharacters =
                (long) BUDGETS * CHARACTERS_OF_TOKEN * settings.ofTexts().tokenBudget();
    }

    @Override
    public boolean hasNext() {
        if (ready.isEmpty() && rows.hasNext()) {
            batch();
        }
        return !ready.isEmpty();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the partition has no more rows");
        }
        return ready.remove();
    }

    private void batch() {
        List<Row> batch = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        long characters = 0;
        while (rows.hasNext() && batch.size() < MOST_ROWS && characters < mostCharacters) {
            Row row = rows.next();
            batch.add(row);
            String text = columns.text(row);
            if (text != null) {
                texts.add(text);
                characters += text.length();
            }
        }
        if (!texts.isEmpty()) {
            embedder.opened(); // What is wrong with the model is no row's mistake.
        }
        long start = System.nanoTime();
        List<float[]> vectors = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        embed(texts, vectors, errors);
        long milliseconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Iterator<float[]> nextVector = vectors.iterator();
        Iterator<String> nextError = errors.iterator();
        int bad = 0;
        for (Row row : batch) {
            boolean isNull = columns.text(row) == null;
            float[] vector = isNull ? null : nextVector.next();
            String error = isNull ? "the text is null" : nextError.next();
            if (error != null) {
                bad++;
                requireErrorColumn(error);
            }
            ready.add(columns.appended(row, vector, error));
        }
        metrics.add(batch.size(), bad, embedder.news(), milliseconds);
    }

    /** Texts that cannot be embedded together are halved until those are found that cannot be embedded at all. */
    private void embed(List<String> texts, List<float[]> vectors, List<String> errors) {
        if (texts.isEmpty()) {
            return;
        }
        try {
            for (float[] vector : embedder.embed(texts)) {
                vectors.add(vector);
                errors.add(null);
            }
        } catch (RuntimeException e) {
            if (texts.size() == 1) {
                vectors.add(null);
                errors.add(String.valueOf(e.getMessage()));
                return;
            }
            int half = texts.size() / 2;
            embed(texts.subList(0, half), vectors, errors);
            embed(texts.subList(half, texts.size()), vectors, errors);
        }
    }

    private void requireErrorColumn(String error) {
        if (!columns.errors()) {
            throw new IllegalArgumentException("a row has no vector of its column " + columns.name() + ": " + error
                    + "\nTo keep such rows, name a column for what is wrong with them: setErrorCol(\"error\")");
        }
    }
}
