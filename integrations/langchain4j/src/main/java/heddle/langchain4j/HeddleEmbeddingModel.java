package heddle.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.embedding.response.EmbeddingResponseMetadata;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.Model;
import heddle.api.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * An embedding model of LangChain4j that Heddle computes in this process. All texts of a call are given to Heddle together, which
 * puts them end to end or in rows of like length: give {@link #embedAll} as many texts as there are. May be used by several threads.
 *
 * <p>Models such as e5 write something else before queries than before passages. Requests, ingestors and retrievers say by
 * {@link EmbeddingInputType} which of them a text is; where they cannot, {@link #withPrompt} gives a second model that shares the
 * compiled one.
 *
 * <p>The token usage of a response counts all tokens that were computed, those that mark starts and ends included. What is wrong
 * with a model is thrown as a {@link heddle.api.HeddleException}.
 *
 * @since 0.2
 */
public final class HeddleEmbeddingModel implements EmbeddingModel {
    private final String name;
    private final Embedder embedder;
    private final Embedder.Settings settings;

    /** Those for texts whose use is known; none when the model treats all texts alike. */
    private final Map<EmbeddingInputType, Embedder> byType;

    private final List<EmbeddingModelListener> listeners;

    private HeddleEmbeddingModel(
            String name,
            Embedder embedder,
            Embedder.Settings settings,
            Map<EmbeddingInputType, Embedder> byType,
            List<EmbeddingModelListener> listeners) {
        this.name = name;
        this.embedder = embedder;
        this.settings = settings;
        this.byType = byType;
        this.listeners = listeners;
    }

    /** Begins a model. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The same compiled model with another prompt before texts whose use is not known.
     *
     * @param prompt the name of a prompt that the model's files have, such as {@code query} or {@code passage}
     * @throws heddle.api.HeddleException when the model has no such prompt
     */
    public HeddleEmbeddingModel withPrompt(String prompt) {
        return with(settings.prompt(prompt));
    }

    /** The same compiled model with a text before each text whose use is not known, such as {@code "query: "}. */
    public HeddleEmbeddingModel withPrefix(String prefix) {
        return with(settings.prefix(prefix));
    }

    private HeddleEmbeddingModel with(Embedder.Settings others) {
        return new HeddleEmbeddingModel(name, embedder.with(others), others, byType, listeners);
    }

    /**
     * The vectors of all texts, in their order. An empty list has none.
     *
     * @throws IllegalArgumentException when one is null
     */
    @Override
    public Response<List<Embedding>> embedAll(List<TextSegment> texts) {
        // Requests leave out segments that are null, and vectors would no longer stand beside their texts.
        for (int i = 0; texts != null && i < texts.size(); i++) {
            if (texts.get(i) == null) {
                throw new IllegalArgumentException("text " + i + " of " + texts.size() + " is null");
            }
        }
        return EmbeddingModel.super.embedAll(texts);
    }

    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        Embedder used = byType.getOrDefault(request.inputType(), embedder);
        Embedder.Counted counted = used.embedCounted(
                request.inputs().stream().map(EmbeddingInput::text).toList());
        return EmbeddingResponse.builder()
                .embeddings(counted.vectors().stream().map(Embedding::from).toList())
                .metadata(EmbeddingResponseMetadata.builder()
                        .modelName(name)
                        .tokenUsage(new TokenUsage((int) Math.min(counted.tokens(), Integer.MAX_VALUE)))
                        .build())
                .build();
    }

    /** The use of a text, where the model tells queries from documents. */
    @Override
    public Set<EmbeddingParameter<?>> supportedParameters() {
        return byType.isEmpty() ? Set.of() : Set.of(EmbeddingRequestParameters.INPUT_TYPE);
    }

    @Override
    public List<EmbeddingModelListener> listeners() {
        return listeners;
    }

    /** The name of the model. */
    @Override
    public String modelName() {
        return name;
    }

    @Override
    public int dimension() {
        return embedder.dimension();
    }

    /** The most tokens that the model takes of a text. */
    public int mostTokens() {
        return embedder.mostTokens();
    }

    /** How many of the texts so far had more tokens than the model takes. */
    public long longTexts() {
        return embedder.longTexts()
                + byType.values().stream()
                        .distinct()
                        .filter(other -> other != embedder)
                        .mapToLong(Embedder::longTexts)
                        .sum();
    }

    /**
     * Says which model, and how texts become vectors. What is not said is as the model's files say.
     *
     * @since 0.2
     */
    public static final class Builder {
        private final List<Supplier<Model>> models = new ArrayList<>();
        private final Map<EmbeddingInputType, String> prefixes = new EnumMap<>(EmbeddingInputType.class);
        private final List<EmbeddingModelListener> listeners = new ArrayList<>();
        private Options options = Options.defaults();
        private Embedder.Settings settings = Embedder.Settings.defaults();
        private Optional<String> name = Optional.empty();

        private Builder() {}

        /** The file of a model, {@code .heddle} or {@code .onnx}. */
        public Builder modelPath(Path file) {
            models.add(() -> Heddle.model(file));
            return this;
        }

        /** An encoder that Heddle knows by name, such as {@code e5-small-v2}: {@link Heddle#published}. */
        public Builder published(String encoder) {
            models.add(() -> Heddle.published(encoder));
            return this;
        }

        /** A model that was read. */
        public Builder model(Model model) {
            models.add(() -> model);
            return this;
        }

        /** What the model is called in responses, in place of its own name. */
        public Builder modelName(String modelName) {
            name = Optional.of(modelName);
            return this;
        }

        /** How the model is compiled, and where its weights and its tokenizer are. Say this before {@link #threads}. */
        public Builder options(Options compiled) {
            options = compiled;
            return this;
        }

        /** How many threads compute; all processors unless said. Vectors do not depend on it. */
        public Builder threads(int threads) {
            options = options.threads(threads);
            return this;
        }

        /** The name of a prompt of the model, written before texts whose use is not known. */
        public Builder prompt(String prompt) {
            settings = settings.prompt(prompt);
            return this;
        }

        /** What is written before texts whose use is not known. */
        public Builder prefix(String prefix) {
            settings = settings.prefix(prefix);
            return this;
        }

        /** What is written before queries, in place of the model's prompt {@code query}. */
        public Builder queryPrefix(String prefix) {
            prefixes.put(EmbeddingInputType.QUERY, prefix);
            return this;
        }

        /** What is written before documents, in place of the model's prompt {@code document} or {@code passage}. */
        public Builder documentPrefix(String prefix) {
            prefixes.put(EmbeddingInputType.DOCUMENT, prefix);
            return this;
        }

        /** Splits texts that are too long, and averages the vectors of their parts, weighted by tokens. Else they are cut. */
        public Builder splitLongTexts() {
            settings = settings.splitLongTexts();
            return this;
        }

        /** About how many tokens a run takes. */
        public Builder tokenBudget(int tokens) {
            settings = settings.tokenBudget(tokens);
            return this;
        }

        /** Whether vectors are brought to length one, whatever the model's files say. */
        public Builder normalize(boolean normalize) {
            settings = settings.normalize(normalize);
            return this;
        }

        /** Who is told of requests, responses and errors. */
        public Builder listeners(List<EmbeddingModelListener> told) {
            listeners.addAll(told);
            return this;
        }

        /**
         * Compiles the model.
         *
         * @throws IllegalStateException      when there is not one model
         * @throws heddle.api.HeddleException when it cannot be used
         */
        public HeddleEmbeddingModel build() {
            if (models.size() != 1) {
                throw new IllegalStateException("an embedding model is made of one model, not of " + models.size()
                        + ": call published(name), modelPath(file) or model(model) once");
            }
            Model model = models.getFirst().get();
            Embedder embedder = Embedder.of(model, options, settings);
            return new HeddleEmbeddingModel(
                    name.orElseGet(model::name), embedder, settings, byType(embedder), List.copyOf(listeners));
        }

        private Map<EmbeddingInputType, Embedder> byType(Embedder embedder) {
            Map<EmbeddingInputType, Embedder> byType = new EnumMap<>(EmbeddingInputType.class);
            Map<EmbeddingInputType, Optional<String>> prompts = Map.of(
                    EmbeddingInputType.QUERY, embedder.queryPrompt(),
                    EmbeddingInputType.DOCUMENT, embedder.documentPrompt());
            prompts.forEach((type, prompt) -> Optional.ofNullable(prefixes.get(type))
                    .map(settings::prefix)
                    .or(() -> prompt.map(settings::prompt))
                    .ifPresent(own -> byType.put(type, embedder.with(own))));
            if (!byType.isEmpty()) {
                prompts.keySet().forEach(type -> byType.putIfAbsent(type, embedder));
            }
            return byType;
        }
    }
}
