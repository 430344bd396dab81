package heddle.runtime.train;

import heddle.compiler.scalar.Philox;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a model is trained.
 *
 * @param rate       how far each step goes
 * @param optimiser  how moments follow the gradients
 * @param clip       the greatest norm of all gradients together; longer ones are shortened to it. Infinite: never
 * @param seed       of initial weights, batches and dropouts, from 0 up to {@link Philox#SEEDS}, without it
 * @param frozen     names of weights that stay as they are
 * @param from       a weight file to begin with, in place of what the model declares
 */
public record TrainingSettings(
        LearningRate rate, AdamW optimiser, double clip, long seed, Set<String> frozen, Optional<String> from) {
    public TrainingSettings {
        frozen = Set.copyOf(frozen);
        Philox.requireSeed(seed);
        if (!(clip > 0)) {
            throw new IllegalArgumentException("a norm is clipped to a positive number, not to " + clip);
        }
    }

    /** AdamW as usual, a warm-up of a tenth but at most 100 steps, gradients clipped to the norm 1, the seed 0. */
    public static TrainingSettings of(double peak, long steps) {
        LearningRate rate = new LearningRate(peak, peak / 10, Math.min(100, steps / 10), steps);
        return new TrainingSettings(rate, AdamW.USUAL, 1, 0, Set.of(), Optional.empty());
    }

    public TrainingSettings withSeed(long other) {
        return new TrainingSettings(rate, optimiser, clip, other, frozen, from);
    }

    public TrainingSettings withFrozen(Set<String> others) {
        return new TrainingSettings(rate, optimiser, clip, seed, others, from);
    }

    /** What follows from these, in one line that a checkpoint keeps. */
    String text() {
        return rate + ", " + optimiser + ", clip " + clip + ", seed " + seed + ", frozen " + new TreeSet<>(frozen);
    }
}
