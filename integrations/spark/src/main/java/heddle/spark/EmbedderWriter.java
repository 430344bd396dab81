package heddle.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;

/** Saves parameters as Spark does, and beside them the model with weights and tokenizer. */
final class EmbedderWriter extends MLWriter {
    static final String MODEL = "model.zip";

    private final HeddleEmbedder embedder;

    EmbedderWriter(HeddleEmbedder embedder) {
        this.embedder = embedder;
    }

    @Override
    public void saveImpl(String path) {
        ModelBytes model = embedder.shipment().model();
        DefaultParamsWriter.saveMetadata(embedder, path, sparkSession());
        Path file = new Path(path, MODEL);
        try (OutputStream out = file.getFileSystem(sc().hadoopConfiguration()).create(file, false)) {
            model.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("the model cannot be saved as " + file, e);
        }
    }
}
