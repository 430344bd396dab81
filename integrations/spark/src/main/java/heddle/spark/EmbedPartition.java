package heddle.spark;

import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/**
 * Appends vectors to the rows of a partition: what a task is sent.
 *
 * @param sum   of the model's bytes: an executor that has compiled the model does not fetch them
 * @param model its {@linkplain ModelBytes#pieces pieces}
 */
record EmbedPartition(
        Columns columns, EmbedderSettings settings, String sum, Broadcast<byte[][]> model, EmbeddingMetrics metrics)
        implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        TaskContext task = TaskContext.get();
        SharedEmbedder.Key key = new SharedEmbedder.Key(sum, settings.onTask(task.cpus()));
        SharedEmbedders embedders = SharedEmbedders.OF_PROCESS;
        SharedEmbedder embedder = embedders.acquire(key, () -> new ModelBytes(model.value()));
        task.addTaskCompletionListener(context -> {
            embedders.release(embedder);
            return null;
        });
        return new EmbeddedRows(rows, columns, embedder, settings, metrics);
    }
}
