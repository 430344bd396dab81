package heddle.spark;

import heddle.api.Embedder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;

/** An embedder that all tasks of this process share which need the same; compiled when the first of them has a text. */
final class SharedEmbedder {
    /** @param sum of the model's bytes */
    record Key(String sum, EmbedderSettings settings) {}

    /** Tokens and texts that were computed. */
    record Counts(long tokens, long padding, long longTexts) {
        Counts minus(Counts other) {
            return new Counts(tokens - other.tokens, padding - other.padding, longTexts - other.longTexts);
        }
    }

    private final Key key;
    private final Supplier<ModelBytes> model;
    private Embedder embedder;
    private File directory;
    private Counts told = new Counts(0, 0, 0);

    /** Tasks that use it now, and how many have ended; guarded by {@link SharedEmbedders}. */
    int users;

    long ended;

    /** @param model asked for when it is compiled: a broadcast is fetched no earlier */
    SharedEmbedder(Key key, Supplier<ModelBytes> model) {
        this.key = key;
        this.model = model;
    }

    Key key() {
        return key;
    }

    /** The vectors of texts, in their order. @throws heddle.api.HeddleException when the model is wrong, or a text */
    List<float[]> embed(List<String> texts) {
        return opened().embed(texts);
    }

    /** Compiles the model, if no other task did. Others wait meanwhile. */
    synchronized Embedder opened() {
        if (embedder == null) {
            requireVectors(ModuleLayer.boot());
            try {
                directory = Utils.createTempDir(Utils.getLocalDir(SparkEnv.get().conf()), "heddle");
                Path file = model.get().unpack(directory.toPath());
                embedder = key.settings().open(file);
            } catch (IOException e) {
                throw new UncheckedIOException("the model cannot be written to " + directory, e);
            } finally {
                if (embedder == null) {
                    close();
                }
            }
        }
        return embedder;
    }

    /** Heddle would name the option of java; who uses Spark has to know where that goes. */
    static void requireVectors(ModuleLayer modules) {
        if (modules.findModule("jdk.incubator.vector").isEmpty()) {
            throw new IllegalStateException("the executor runs without the module jdk.incubator.vector; add"
                    + " --conf \"spark.executor.extraJavaOptions=--add-modules jdk.incubator.vector\" to spark-submit, or, with"
                    + " a local master, --driver-java-options \"--add-modules jdk.incubator.vector\"");
        }
    }

    /** Where the model's files are, while it is open. */
    synchronized Optional<Path> directory() {
        return Optional.ofNullable(directory).map(File::toPath);
    }

    /** What was computed since the last call, for whichever task: each token is told once. */
    synchronized Counts news() {
        if (embedder == null) {
            return new Counts(0, 0, 0);
        }
        Counts now = new Counts(embedder.tokens(), embedder.padding(), embedder.longTexts());
        Counts news = now.minus(told);
        told = now;
        return news;
    }

    /** Lets the model go. Its memory is free when nobody refers to it; its files are deleted. */
    synchronized void close() {
        embedder = null;
        if (directory != null) {
            Utils.deleteRecursively(directory);
            directory = null;
        }
    }
}
