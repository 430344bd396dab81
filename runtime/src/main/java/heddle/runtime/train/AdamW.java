package heddle.runtime.train;

import heddle.runtime.jvm.WorkerPool;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * AdamW (Loshchilov, Hutter 2019). One pass over blocks of all weights reads gradients, updates both moments and the
 * weights: 28 bytes of memory traffic a weight.
 *
 * @param beta1   the share of the old mean of gradients, from 0 up to 1
 * @param beta2   the share of the old mean of their squares, from 0 up to 1
 * @param epsilon is added to the root of the mean square; positive and finite in f32
 * @param decay   the share of the learning rate by which weights of two axes and more shrink in each step, not negative
 */
public record AdamW(double beta1, double beta2, double epsilon, double decay) {
    /** The numbers that small language models are usually trained with. */
    public static final AdamW USUAL = new AdamW(0.9, 0.99, 1e-8, 0.1);

    /** The elements of a block: the blocks of the norm, and what four arrays of it leave of a first-level cache. */
    static final int BLOCK = 4096;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    public AdamW {
        boolean right = beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && (float) epsilon > 0 && decay >= 0;
        if (!right || !Float.isFinite((float) epsilon) || !Float.isFinite((float) decay)) {
            throw new IllegalArgumentException("AdamW does not work with beta1 " + beta1 + ", beta2 " + beta2
                    + ", epsilon " + epsilon + " and decay " + decay);
        }
    }

    /** The numbers of one step, computed in double and rounded once. */
    private record Factors(
            float clip, float b1, float a1, float b2, float a2, float rate, float square, float epsilon) {}

    /**
     * Moves the weights one step.
     *
     * @param step  from 1
     * @param rate  the learning rate of the step
     * @param scale of the gradients, so that their norm is clipped
     */
    void update(TrainedWeights weights, long step, double rate, double scale, int threads) {
        Factors f = new Factors(
                (float) scale,
                (float) beta1,
                (float) (1 - beta1),
                (float) beta2,
                (float) (1 - beta2),
                (float) (rate / (1 - StrictMath.pow(beta1, step))),
                (float) (1 / (1 - StrictMath.pow(beta2, step))),
                (float) epsilon);
        WorkerPool.of(threads).run(weights.blocks().size(), 4, (thread, from, to) -> {
            for (int i = (int) from; i < to; i++) {
                TrainedWeights.Block b = weights.blocks().get(i);
                update(weights, b, f, b.weight().decays() ? (float) (rate * decay) : 0);
            }
        });
    }

    private static void update(TrainedWeights all, TrainedWeights.Block block, Factors f, float decay) {
        float[] w = block.weight().elements();
        float[] m = all.mean();
        float[] v = all.square();
        float[] g = all.gradient();
        int shift = block.weight().offset();
        int vectors = block.from() + SPECIES.loopBound(block.to() - block.from());
        for (int i = block.from(); i < vectors; i += SPECIES.length()) {
            int at = shift + i;
            FloatVector gradient = FloatVector.fromArray(SPECIES, g, at).mul(f.clip);
            FloatVector mean = FloatVector.fromArray(SPECIES, m, at).mul(f.b1).add(gradient.mul(f.a1));
            FloatVector square = FloatVector.fromArray(SPECIES, v, at)
                    .mul(f.b2)
                    .add(gradient.mul(gradient).mul(f.a2));
            FloatVector weight = FloatVector.fromArray(SPECIES, w, i);
            FloatVector move = mean.mul(f.rate).div(square.mul(f.square).sqrt().add(f.epsilon));
            mean.intoArray(m, at);
            square.intoArray(v, at);
            weight.sub(weight.mul(decay).add(move)).intoArray(w, i);
        }
        // The same operations in the same order, so that a weight's bits do not depend on the width of vectors.
        for (int i = vectors; i < block.to(); i++) {
            int at = shift + i;
            float gradient = g[at] * f.clip;
            m[at] = m[at] * f.b1 + gradient * f.a1;
            v[at] = v[at] * f.b2 + gradient * gradient * f.a2;
            float move = m[at] * f.rate / ((float) Math.sqrt(v[at] * f.square) + f.epsilon);
            w[i] = w[i] - (w[i] * decay + move);
        }
    }
}
