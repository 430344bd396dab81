package heddle.runtime.embed;

import heddle.runtime.text.Packing;
import java.util.Optional;

/**
 * How texts become vectors, where that is not the model's to say.
 *
 * @param budget    about how many tokens a run takes; at least 1
 * @param longTexts what becomes of texts that are too long
 * @param prompt    the name of a prompt that the model's files have
 * @param prefix    what is written before each text, in place of a prompt
 * @param pooling   in place of what the model's files say
 * @param normalize the same
 */
public record EmbeddingOptions(
        int budget,
        LongTexts longTexts,
        Optional<String> prompt,
        Optional<String> prefix,
        Optional<Pooling> pooling,
        Optional<Boolean> normalize) {
    public EmbeddingOptions {
        if (budget < 1) {
            throw new IllegalArgumentException("a run has one token at least, not " + budget);
        }
    }

    /** As the model's files say; texts that are too long are cut. */
    public static EmbeddingOptions defaults() {
        return new EmbeddingOptions(
                Packing.BUDGET, LongTexts.CUT, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public EmbeddingOptions withBudget(int value) {
        return new EmbeddingOptions(value, longTexts, prompt, prefix, pooling, normalize);
    }

    public EmbeddingOptions withLongTexts(LongTexts value) {
        return new EmbeddingOptions(budget, value, prompt, prefix, pooling, normalize);
    }

    public EmbeddingOptions withPrompt(String value) {
        return new EmbeddingOptions(budget, longTexts, Optional.of(value), Optional.empty(), pooling, normalize);
    }

    public EmbeddingOptions withPrefix(String value) {
        return new EmbeddingOptions(budget, longTexts, Optional.empty(), Optional.of(value), pooling, normalize);
    }

    public EmbeddingOptions withPooling(Pooling value) {
        return new EmbeddingOptions(budget, longTexts, prompt, prefix, Optional.of(value), normalize);
    }

    public EmbeddingOptions withNormalize(boolean value) {
        return new EmbeddingOptions(budget, longTexts, prompt, prefix, pooling, Optional.of(value));
    }
}
