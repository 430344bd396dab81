package heddle.springai;

import heddle.api.Embedder;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationDocumentation;

/**
 * Makes the vectors of texts in this process. The texts of a request share runs, so a request with many texts is faster than many
 * requests. May be used by several threads.
 *
 * <p>Usage counts the tokens that were computed, the marks of starts and ends included. Every request is observed as
 * {@code gen_ai.client.operation} with the provider {@code heddle}.
 */
public final class HeddleEmbeddingModel implements EmbeddingModel {
    /** The provider in observations, and the value of {@code spring.ai.model.embedding}. */
    public static final String PROVIDER = "heddle";

    /** In the metadata of a response: how many of its texts had more tokens than the model takes. Left out when there are none. */
    public static final String LONG_TEXTS = "longTexts";

    private static final Log LOG = LogFactory.getLog(HeddleEmbeddingModel.class);
    private static final EmbeddingModelObservationConvention CONVENTION =
            new DefaultEmbeddingModelObservationConvention();

    private final String name;
    private final Embedder texts;
    private final Embedder documents;
    private final MetadataMode metadataMode;
    private final ObservationRegistry observations;
    private final EmbeddingModelObservationConvention convention;
    private final AtomicBoolean warned = new AtomicBoolean();

    private HeddleEmbeddingModel(Builder builder) {
        this.name = builder.name;
        this.texts = builder.texts;
        this.documents = builder.documents.orElse(builder.texts);
        this.metadataMode = builder.metadataMode;
        this.observations = builder.observations;
        this.convention = builder.convention;
    }

    /**
     * Begins a model.
     *
     * @param name  in responses, metrics and messages
     * @param texts makes the vectors
     */
    public static Builder builder(String name, Embedder texts) {
        return new Builder(name, texts);
    }

    /** What a model may have besides its embedder. */
    public static final class Builder {
        private final String name;
        private final Embedder texts;
        private Optional<Embedder> documents = Optional.empty();
        private MetadataMode metadataMode = MetadataMode.NONE;
        private ObservationRegistry observations = ObservationRegistry.NOOP;
        private EmbeddingModelObservationConvention convention = CONVENTION;

        private Builder(String name, Embedder texts) {
            this.name = Objects.requireNonNull(name, "name");
            this.texts = Objects.requireNonNull(texts, "texts");
        }

        /** Makes the vectors of documents, which for some models begin with another prompt than queries: {@link Embedder#with}. */
        public Builder documents(Embedder embedder) {
            documents = Optional.of(embedder);
            return this;
        }

        /** Which metadata of a document its formatter writes to its text; none unless said. */
        public Builder metadataMode(MetadataMode mode) {
            metadataMode = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /** Who is told of requests; nobody unless said. */
        public Builder observationRegistry(ObservationRegistry registry) {
            observations = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /** What is told of requests. */
        public Builder observationConvention(EmbeddingModelObservationConvention other) {
            convention = Objects.requireNonNull(other, "convention");
            return this;
        }

        public HeddleEmbeddingModel build() {
            return new HeddleEmbeddingModel(this);
        }
    }

    /**
     * The vectors of texts, in their order.
     *
     * @throws IllegalArgumentException for a text that is null, and for options that ask for another model or another number of
     *                                  dimensions than this model has
     */
    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        return call(texts, request.getInstructions(), request.getOptions());
    }

    @Override
    public float[] embed(Document document) {
        return call(documents, List.of(getEmbeddingContent(document)), null)
                .getResult()
                .getOutput();
    }

    /** The vectors of documents, in their order; those of a batch share runs. */
    @Override
    public List<float[]> embed(List<Document> all, EmbeddingOptions options, BatchingStrategy strategy) {
        List<float[]> vectors = new ArrayList<>(all.size());
        for (List<Document> batch : strategy.batch(all)) {
            List<String> contents =
                    batch.stream().map(this::getEmbeddingContent).toList();
            call(documents, contents, options).getResults().forEach(e -> vectors.add(e.getOutput()));
        }
        if (vectors.size() != all.size()) {
            throw new IllegalArgumentException(strategy.getClass().getName() + " made batches of " + vectors.size()
                    + " documents of " + all.size() + "; each has to be in one batch");
        }
        return vectors;
    }

    /** What is embedded of a document: its text, written by its formatter with metadata of this model's mode. */
    @Override
    public String getEmbeddingContent(Document document) {
        if (!document.isText()) {
            throw new IllegalArgumentException(
                    "the document " + document.getId() + " has no text; " + name + " makes vectors of texts alone");
        }
        // The default formatter leaves empty lines where there are no metadata; the same text as a query has none.
        return document.getFormattedContent(metadataMode).stripLeading();
    }

    @Override
    public int dimensions() {
        return texts.dimension();
    }

    /** {@code options} may be null, as in all of the framework. */
    private EmbeddingResponse call(Embedder embedder, List<String> contents, EmbeddingOptions options) {
        check(contents, options);
        EmbeddingRequest request = new EmbeddingRequest(
                contents,
                EmbeddingOptions.builder().model(name).dimensions(dimensions()).build());
        EmbeddingModelObservationContext context = EmbeddingModelObservationContext.builder()
                .embeddingRequest(request)
                .provider(PROVIDER)
                .build();
        return Objects.requireNonNull(EmbeddingModelObservationDocumentation.EMBEDDING_MODEL_OPERATION
                .observation(convention, CONVENTION, () -> context, observations)
                .observe(() -> {
                    EmbeddingResponse response = respond(embedder, contents);
                    context.setResponse(response);
                    return response;
                }));
    }

    private void check(List<String> contents, EmbeddingOptions options) {
        for (int i = 0; i < contents.size(); i++) {
            if (contents.get(i) == null) {
                throw new IllegalArgumentException("text " + i + " of the request is null");
            }
        }
        if (options == null) {
            return;
        }
        if (options.getModel() != null && !options.getModel().equals(name)) {
            throw new IllegalArgumentException("the request asks for the model " + options.getModel() + ", and this is "
                    + name + "; leave the model out, or make a HeddleEmbeddingModel for each");
        }
        if (options.getDimensions() != null && options.getDimensions() != dimensions()) {
            throw new IllegalArgumentException("the request asks for " + options.getDimensions()
                    + " dimensions, and vectors of " + name + " have " + dimensions() + "; leave dimensions out");
        }
    }

    private EmbeddingResponse respond(Embedder embedder, List<String> contents) {
        Embedder.Counted counted = embedder.embedCounted(contents);
        List<Embedding> embeddings = new ArrayList<>(contents.size());
        for (float[] vector : counted.vectors()) {
            embeddings.add(new Embedding(vector, embeddings.size()));
        }
        if (counted.longTexts() > 0) {
            warn();
        }
        int tokens = (int) Math.min(counted.tokens(), Integer.MAX_VALUE);
        return new EmbeddingResponse(
                embeddings,
                new EmbeddingResponseMetadata(
                        name,
                        new DefaultUsage(tokens, 0, tokens),
                        counted.longTexts() == 0 ? Map.of() : Map.of(LONG_TEXTS, counted.longTexts())));
    }

    /** One warning for a program; every response has its own count. */
    private void warn() {
        if (warned.compareAndSet(false, true)) {
            LOG.warn("a text has more than the " + texts.mostTokens() + " tokens that " + name
                    + " takes; long texts are cut unless their parts are to be averaged ("
                    + HeddleEmbeddingProperties.PREFIX + ".long-texts=split)");
        }
    }
}
