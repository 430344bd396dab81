package heddle.runtime.train;

import heddle.compiler.type.DType;
import heddle.runtime.jvm.WorkerPool;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The weights that are trained, in f32, with their gradients and both moments. These three lie in one array each, at
 * equal places, so that one pass runs over all of them. Each weight has an array of its own, because plans take tensors.
 */
final class TrainedWeights {
    /** Weights begin at whole vectors of any width. */
    private static final int ALIGNMENT = 16;

    /** How many places an array has on any Java platform. */
    static final int MOST = Integer.MAX_VALUE - ALIGNMENT;

    /**
     * A weight.
     *
     * @param type     of its values; those of narrow types are rounded for each run
     * @param elements of f32, which training changes
     * @param offset   where its moments and gradients begin
     */
    record Weight(String name, DType type, long[] shape, float[] elements, int offset) {
        /** Biases, and factors of norms, do not shrink. */
        boolean decays() {
            return shape.length >= 2;
        }

        /** Its values as plans take them. */
        Tensor tensor() {
            return type == DType.F32
                    ? Tensor.of(elements, shape)
                    : Tensor.wrap(type, shape, elements.clone()).rounded();
        }
    }

    /** Some neighbours of a weight. @param to end, exclusive */
    record Block(Weight weight, int from, int to) {}

    private final List<Weight> weights = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();
    private final float[] mean;
    private final float[] square;
    private final float[] gradient;

    /** @param initial tensors of floats by name, in order, with {@link #MOST} places in all; they are copied */
    TrainedWeights(SequencedMap<String, Tensor> initial) {
        int at = 0;
        for (Map.Entry<String, Tensor> e : initial.entrySet()) {
            Tensor t = e.getValue();
            Weight weight =
                    new Weight(e.getKey(), t.dtype(), t.shape(), t.floats().clone(), at);
            weights.add(weight);
            for (int from = 0; from < t.size(); from += AdamW.BLOCK) {
                blocks.add(new Block(weight, from, Math.min(t.size(), from + AdamW.BLOCK)));
            }
            at = Math.toIntExact(at + (long) places(t.size()));
        }
        mean = new float[at];
        square = new float[at];
        gradient = new float[at];
    }

    /** How many places of an array so many numbers take. */
    static double places(double size) {
        return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    }

    boolean areFinite() {
        for (Weight w : weights) {
            for (float x : w.elements()) {
                if (!Float.isFinite(x)) {
                    return false;
                }
            }
        }
        return true;
    }

    List<Weight> weights() {
        return weights;
    }

    List<Block> blocks() {
        return blocks;
    }

    /** Running means of gradients. */
    float[] mean() {
        return mean;
    }

    /** Running means of squared gradients. */
    float[] square() {
        return square;
    }

    float[] gradient() {
        return gradient;
    }

    /** How many numbers are trained. */
    long count() {
        return weights.stream().mapToLong(w -> w.elements().length).sum();
    }

    /** The weights by name, as plans take them. */
    SequencedMap<String, Tensor> tensors() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        weights.forEach(w -> tensors.put(w.name(), w.tensor()));
        return tensors;
    }

    /**
     * Adds gradients, or puts them in place of those that are there.
     *
     * @param gradients by weight
     * @param share     of the whole step that they are of
     * @param first     whether they are the step's first
     */
    void accumulate(Map<String, Tensor> gradients, double share, boolean first, int threads) {
        float factor = (float) share;
        WorkerPool.of(threads).run(blocks.size(), 4, (thread, from, to) -> {
            for (int b = (int) from; b < to; b++) {
                Block block = blocks.get(b);
                float[] g = gradients.get(block.weight().name()).floats();
                for (int i = block.from(); i < block.to(); i++) {
                    int at = block.weight().offset() + i;
                    gradient[at] = first ? g[i] * factor : gradient[at] + g[i] * factor;
                }
            }
        });
    }

    /** The Euclidean norm of all gradients: squares are summed in double by block, and blocks in their order. */
    double norm(int threads) {
        double[] sums = new double[blocks.size()];
        WorkerPool.of(threads).run(sums.length, 4, (thread, from, to) -> {
            for (int b = (int) from; b < to; b++) {
                Block block = blocks.get(b);
                double sum = 0;
                for (int i = block.from(); i < block.to(); i++) {
                    double g = gradient[block.weight().offset() + i];
                    sum += g * g;
                }
                sums[b] = sum;
            }
        });
        double sum = 0;
        for (double s : sums) {
            sum += s;
        }
        return Math.sqrt(sum);
    }
}
