package heddle.api;

import heddle.runtime.train.AdamW;
import heddle.runtime.train.LearningRate;
import heddle.runtime.train.TrainingSettings;
import java.util.Optional;
import java.util.Set;

/**
 * How a model is trained: AdamW, whose learning rate grows over some steps and falls along a cosine to the last. Settings
 * do not change: each method gives new ones.
 *
 * @since 0.2
 */
@Experimental
public final class Training {
    private final TrainingSettings settings;

    private Training(TrainingSettings settings) {
        this.settings = settings;
    }

    /**
     * A training of some steps: gradients clipped to the norm 1, a warm-up of a tenth of the steps but at most 100, a
     * last rate of a tenth, the seed 0.
     *
     * @param rate  the learning rate after the warm-up, positive
     * @param steps at least 1
     */
    public static Training of(double rate, long steps) {
        return new Training(TrainingSettings.of(rate, steps));
    }

    TrainingSettings settings() {
        return settings;
    }

    private static Training with(
            TrainingSettings s,
            LearningRate rate,
            AdamW optimiser,
            double clip,
            Set<String> frozen,
            Optional<String> from) {
        return new Training(new TrainingSettings(rate, optimiser, clip, s.seed(), frozen, from));
    }

    /** With another warm-up, from 0 up to all steps, and another last rate, from 0 up to the peak. */
    public Training schedule(long warmUp, double last) {
        LearningRate now = settings.rate();
        LearningRate rate = new LearningRate(now.peak(), last, warmUp, now.steps());
        return with(settings, rate, settings.optimiser(), settings.clip(), settings.frozen(), settings.from());
    }

    /** With other numbers of AdamW; {@code decay} is for weights of two axes and more. */
    public Training adamW(double beta1, double beta2, double epsilon, double decay) {
        AdamW optimiser = new AdamW(beta1, beta2, epsilon, decay);
        return with(settings, settings.rate(), optimiser, settings.clip(), settings.frozen(), settings.from());
    }

    /** With gradients clipped to another norm, positive; infinite for none. */
    public Training clip(double norm) {
        return with(settings, settings.rate(), settings.optimiser(), norm, settings.frozen(), settings.from());
    }

    /** With another seed of initial weights and dropouts, from 0 up to 2^56, without it. */
    public Training seed(long seed) {
        return new Training(settings.withSeed(seed));
    }

    /** With weights that stay as they are; {@code layer.0.*} names all that begin so. */
    public Training freeze(Set<String> names) {
        return new Training(settings.withFrozen(names));
    }

    /** With the weights of a file to begin with, named as {@link Options#weights} names files. */
    public Training from(String file) {
        return with(
                settings, settings.rate(), settings.optimiser(), settings.clip(), settings.frozen(), Optional.of(file));
    }
}
