package heddle.api;

import heddle.runtime.embed.EmbeddingOptions;
import heddle.runtime.embed.LongTexts;
import heddle.runtime.embed.TextEmbedder;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes a vector of each text, for search, retrieval and clustering. Texts of different length share runs; where the model can tell
 * texts apart that lie end to end, nothing is padded. Pooling, normalisation and prompts are those of the model's files. May be used
 * by several threads.
 *
 * <p>The vector of a text depends on the other texts by rounding alone: about 1e-6 in an element of a vector of length one.
 *
 * @since 0.2
 */
public final class Embedder {
    private final TextEmbedder embedder;

    private Embedder(TextEmbedder embedder) {
        this.embedder = embedder;
    }

    /**
     * How texts become vectors, beside what the model's files say. Settings do not change: each method gives new ones.
     *
     * @since 0.2
     */
    public static final class Settings {
        private final EmbeddingOptions options;

        private Settings(EmbeddingOptions options) {
            this.options = options;
        }

        /** As the model's files say; texts that are too long are cut. */
        public static Settings defaults() {
            return new Settings(EmbeddingOptions.defaults());
        }

        /** With the model's prompt of that name before each text, such as {@code query} or {@code passage}. */
        public Settings prompt(String name) {
            return new Settings(options.withPrompt(name));
        }

        /** With a text before each text. */
        public Settings prefix(String text) {
            return new Settings(options.withPrefix(text));
        }

        /** With texts that are too long split, and the vectors of their parts averaged, weighted by tokens. */
        public Settings splitLongTexts() {
            return new Settings(options.withLongTexts(LongTexts.SPLIT));
        }

        /**
         * With about so many tokens in a run.
         *
         * @throws IllegalArgumentException for fewer than one
         */
        public Settings tokenBudget(int tokens) {
            return new Settings(options.withBudget(tokens));
        }

        /** About how many tokens a run takes. */
        public int tokenBudget() {
            return options.budget();
        }

        /** With vectors brought to length one or not, whatever the model's files say. */
        public Settings normalize(boolean normalize) {
            return new Settings(options.withNormalize(normalize));
        }
    }

    /** Compiles a model for vectors of texts, all as its files say. @throws HeddleException when it gives none */
    public static Embedder of(Model model) {
        return of(model, Options.defaults(), Settings.defaults());
    }

    /**
     * Compiles a model for vectors of texts.
     *
     * @throws HeddleException  when it gives none, or weights or the tokenizer are missing
     * @throws OutOfMemoryError that says how much memory the weights need
     */
    public static Embedder of(Model model, Options options, Settings settings) {
        return HeddleException.rethrow(
                () -> new Embedder(TextEmbedder.of(model.model(), options.options(), settings.options)));
    }

    /**
     * Vectors of texts, and what was computed for them.
     *
     * @param vectors   in the order of the texts
     * @param tokens    those that mark starts and ends included
     * @param longTexts texts that had more tokens than the model takes
     * @since 0.2
     */
    public record Counted(List<float[]> vectors, long tokens, long longTexts) {}

    /**
     * The same compiled model with other settings: for search, one for queries beside one for passages. Both share kernels, weights
     * and tokenizer. Each counts for itself.
     *
     * @throws HeddleException when the model has no such prompt
     */
    public Embedder with(Settings settings) {
        return HeddleException.rethrow(() -> new Embedder(embedder.with(settings.options)));
    }

    /** The names of the prompts that the model's files have, sorted. */
    public List<String> prompts() {
        return HeddleException.rethrow(embedder::prompts);
    }

    /** The name of the prompt for what is searched for, {@code query}, if the model has it. */
    public Optional<String> queryPrompt() {
        return firstPrompt("query");
    }

    /** The name of the prompt for what is searched, of those that sentence-transformers looks for, if the model has one. */
    public Optional<String> documentPrompt() {
        return firstPrompt("document", "passage", "corpus");
    }

    private Optional<String> firstPrompt(String... names) {
        return Stream.of(names).filter(prompts()::contains).findFirst();
    }

    /** Whether vectors have length one. */
    public boolean normalized() {
        return embedder.normalized();
    }

    /** The elements of a vector. */
    public int dimension() {
        return embedder.dimension();
    }

    /** The most tokens that the model takes of a text. */
    public int mostTokens() {
        return embedder.limit();
    }

    /** How many of the texts so far had more tokens than the model takes. */
    public long longTexts() {
        return embedder.counts().tooLong();
    }

    /** How many tokens were computed so far, those that mark starts and ends included. */
    public long tokens() {
        return embedder.counts().tokens();
    }

    /** How many tokens of padding were computed beside them; none where the model takes texts end to end. */
    public long padding() {
        return embedder.counts().padding();
    }

    /** The vector of one text. */
    public float[] embed(String text) {
        return embed(List.of(text)).getFirst();
    }

    /** The vectors of texts, in their order. @throws OutOfMemoryError that says how much memory a run needs */
    public List<float[]> embed(List<String> texts) {
        return HeddleException.rethrow(() -> embedder.embed(texts));
    }

    /**
     * The vectors of texts, in their order, and what was computed for these texts alone, whatever other threads do.
     *
     * @throws OutOfMemoryError that says how much memory a run needs
     */
    public Counted embedCounted(List<String> texts) {
        return HeddleException.rethrow(() -> {
            TextEmbedder.Counted counted = embedder.counted(texts);
            return new Counted(
                    counted.vectors(),
                    counted.counts().tokens(),
                    counted.counts().tooLong());
        });
    }

    /**
     * Gives the vector of each text to {@code vectors}, in their order. Only some thousands of both are in memory. With several
     * threads, {@code texts} is asked for some more before {@code vectors} has those of the texts before them.
     */
    public void embed(Iterator<String> texts, Consumer<float[]> vectors) {
        HeddleException.rethrow(() -> {
            embedder.embed(texts, vectors);
            return null;
        });
    }
}
