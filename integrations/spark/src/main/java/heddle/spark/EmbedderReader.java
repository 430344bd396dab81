package heddle.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.MLReader;

/** Loads what {@link EmbedderWriter} saved. */
final class EmbedderReader extends MLReader<HeddleEmbedder> {
    @Override
    public HeddleEmbedder load(String path) {
        var metadata = DefaultParamsReader$.MODULE$.loadMetadata(path, sparkSession(), HeddleEmbedder.class.getName());
        HeddleEmbedder embedder = new HeddleEmbedder(metadata.uid());
        metadata.getAndSetParams(embedder, metadata.getAndSetParams$default$2());
        Path file = new Path(path, EmbedderWriter.MODEL);
        try (InputStream in = file.getFileSystem(sc().hadoopConfiguration()).open(file)) {
            embedder.use(new Shipment(embedder.getModel(), ModelBytes.read(in)));
        } catch (IOException e) {
            throw new UncheckedIOException("the model of the embedder saved in " + path + " cannot be read", e);
        }
        return embedder;
    }
}
