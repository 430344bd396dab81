package heddle.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.spi.model.embedding.EmbeddingModelFactory;
import heddle.api.Heddle;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives LangChain4j an embedding model where a program names none: {@code EmbeddingStoreIngestor.ingest(document, store)} and
 * {@code EmbeddingStoreContentRetriever.from(store)} ask for one. Which model it is, the system property
 * {@value #PROPERTY} says, or else the environment variable {@value #VARIABLE}: a {@code .heddle} or {@code .onnx} file, or a
 * published encoder by its name. It is {@value #USUAL} where neither says anything.
 *
 * <p>All that ask share one compiled model.
 *
 * @since 0.2
 */
public final class HeddleEmbeddingModelFactory implements EmbeddingModelFactory {
    /** The system property that names a model. */
    public static final String PROPERTY = "heddle.embedding.model";

    /** The environment variable that names it where the property is not set. */
    public static final String VARIABLE = "HEDDLE_EMBEDDING_MODEL";

    private static final String USUAL = "all-minilm-l6-v2";

    private static final Map<String, HeddleEmbeddingModel> MODELS = new ConcurrentHashMap<>();

    /** Found by {@link java.util.ServiceLoader}. */
    public HeddleEmbeddingModelFactory() {}

    /**
     * The model, compiled when it is first asked for.
     *
     * @throws heddle.api.HeddleException when the model cannot be used
     */
    @Override
    public EmbeddingModel create() {
        String named = Optional.ofNullable(System.getProperty(PROPERTY))
                .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
                .filter(name -> !name.isBlank())
                .orElse(USUAL);
        return MODELS.computeIfAbsent(
                named,
                name -> HeddleEmbeddingModel.builder().model(Heddle.named(name)).build());
    }
}
