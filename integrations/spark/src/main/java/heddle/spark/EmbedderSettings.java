package heddle.spark;

import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.Options;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * How an executor makes vectors. What is null is as the model's files say, or as Heddle chooses.
 *
 * @param threads of a run; 0 for as many as the task has processors
 */
record EmbedderSettings(
        String prompt, String prefix, boolean splitLongTexts, Integer tokenBudget, Boolean normalize, int threads)
        implements Serializable {
    /** With the threads of a task that has so many processors. */
    EmbedderSettings onTask(int processors) {
        return threads > 0
                ? this
                : new EmbedderSettings(prompt, prefix, splitLongTexts, tokenBudget, normalize, processors);
    }

    /** Compiles a model for this machine. */
    Embedder open(Path model) {
        return Embedder.of(Heddle.model(model), Options.defaults().threads(threads), ofTexts());
    }

    /** How texts become vectors. */
    Embedder.Settings ofTexts() {
        Embedder.Settings settings = Embedder.Settings.defaults();
        if (prompt != null) {
            settings = settings.prompt(prompt);
        }
        if (prefix != null) {
            settings = settings.prefix(prefix);
        }
        if (splitLongTexts) {
            settings = settings.splitLongTexts();
        }
        if (tokenBudget != null) {
            settings = settings.tokenBudget(tokenBudget);
        }
        if (normalize != null) {
            settings = settings.normalize(normalize);
        }
        return settings;
    }
}
