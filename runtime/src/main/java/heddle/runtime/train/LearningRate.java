package heddle.runtime.train;

/**
 * How far a step goes: it grows from zero to its peak over the first steps, and falls along half a cosine to its least
 * at the last. It follows from the number of the step alone.
 *
 * @param peak   at the end of the warm-up, positive
 * @param least  at the last step, from 0 up to the peak
 * @param warmUp steps that it grows, from 0 up to the number of steps
 * @param steps  of the training, at least 1
 */
public record LearningRate(double peak, double least, long warmUp, long steps) {
    public LearningRate {
        if (!(peak > 0 && Double.isFinite(peak)) || !(least >= 0 && least <= peak)) {
            throw new IllegalArgumentException(
                    "a learning rate falls from a positive peak to a least that is not greater, not from " + peak
                            + " to " + least);
        }
        if (steps < 1) {
            throw new IllegalArgumentException("a training has at least one step, not " + steps);
        }
        if (warmUp < 0 || warmUp > steps) {
            throw new IllegalArgumentException(warmUp + " of " + steps + " steps cannot be a warm-up");
        }
    }

    /** The rate of a step. @param step from 1; steps beyond the last have the least rate */
    public double at(long step) {
        if (step <= warmUp) {
            return peak * step / warmUp;
        }
        if (step >= steps) {
            return least;
        }
        double done = (double) (step - warmUp) / (steps - warmUp);
        return least + (peak - least) * (1 + StrictMath.cos(Math.PI * done)) / 2;
    }
}
