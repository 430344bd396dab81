package heddle.spark;

import heddle.api.Heddle;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** What the driver has of a model: read when it is first needed, and broadcast once. Copies of an embedder share it. */
final class Shipment {
    private final String name;
    private ModelBytes model;
    private String sum;
    private SparkContext context;
    private Broadcast<byte[][]> broadcast;
    private EmbeddingMetrics metrics;

    /** @param name a published encoder, or a file of the driver */
    Shipment(String name) {
        this.name = name;
    }

    /** A model that was saved under some name. */
    Shipment(String name, ModelBytes model) {
        this.name = name;
        this.model = model;
    }

    boolean isOf(String other) {
        return name.equals(other);
    }

    synchronized ModelBytes model() {
        if (model == null) {
            try {
                model = ModelBytes.of(Heddle.named(name));
            } catch (IOException e) {
                throw new UncheckedIOException("the model " + name + " cannot be packed for the executors", e);
            }
        }
        return model;
    }

    synchronized String sum() {
        if (sum == null) {
            sum = model().sum();
        }
        return sum;
    }

    synchronized Broadcast<byte[][]> broadcast(SparkContext to) {
        useContext(to);
        if (broadcast == null) {
            broadcast = JavaSparkContext.fromSparkContext(to).broadcast(model().pieces());
        }
        return broadcast;
    }

    synchronized EmbeddingMetrics metrics(SparkContext of) {
        useContext(of);
        if (metrics == null) {
            metrics = new EmbeddingMetrics(of);
        }
        return metrics;
    }

    synchronized EmbeddingMetrics metrics() {
        if (metrics == null) {
            throw new IllegalStateException("nothing has been transformed yet");
        }
        return metrics;
    }

    /** What belongs to a context that was stopped is of no use to another one. */
    private void useContext(SparkContext now) {
        if (context != now) {
            context = now;
            broadcast = null;
            metrics = null;
        }
    }
}
