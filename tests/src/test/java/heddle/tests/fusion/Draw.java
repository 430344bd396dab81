package heddle.tests.fusion;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.DType;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Tolerance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/** How tensors are drawn for a model to run on. */
public enum Draw {
    /** Floats of ordinary size, bools mostly true, integers 0 to 3. */
    USUAL(1, 0.75, 4),
    /** Floats whose scores are in the hundreds: without the shift of softmax they overflow. */
    LARGE(5, 0.75, 4),
    /** Bools false and integers 0: nothing is let through. */
    MASKED(1, 0, 1);

    private final double deviation;
    private final double truth;
    private final int bound;

    Draw(double deviation, double truth, int bound) {
        this.deviation = deviation;
        this.truth = truth;
        this.bound = bound;
    }

    /** Weights of the model, all of whose lengths are known or given. */
    public SequencedMap<String, Tensor> weights(HeddleModel model, Map<String, Long> lengths, long seed) {
        return tensors(model.declaration().weights(), lengths, seed);
    }

    /** Inputs of the model for some lengths. */
    public SequencedMap<String, Tensor> inputs(HeddleModel model, Map<String, Long> lengths, long seed) {
        return tensors(model.declaration().inputs(), lengths, seed);
    }

    private SequencedMap<String, Tensor> tensors(List<Declaration> declared, Map<String, Long> lengths, long seed) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (Declaration d : declared) {
            Tensor t = Tensor.zeros(d.type().dtype(), d.type().shape().evaluate(lengths));
            fill(t, new SplittableRandom(seed ^ d.name().hashCode()));
            tensors.put(d.name(), t.rounded());
        }
        return tensors;
    }

    private void fill(Tensor t, SplittableRandom random) {
        for (int i = 0; i < t.size(); i++) {
            switch (t.storage()) {
                case float[] a -> a[i] = (float) (deviation * random.nextGaussian());
                case double[] a -> a[i] = deviation * random.nextGaussian();
                case long[] a -> a[i] = random.nextInt(bound);
                case int[] a -> a[i] = random.nextInt(bound);
                case boolean[] a -> a[i] = random.nextDouble() < truth;
                default -> throw new AssertionError(t.storage().getClass());
            }
        }
    }

    /** An error of a score is an error of its weight, and larger for larger scores. */
    Tolerance tolerance(DType dtype) {
        Tolerance usual = Tolerance.of(dtype);
        double scale = deviation * deviation;
        return new Tolerance(usual.absolute() * scale, usual.relative() * scale);
    }

    /** Sixteen bits do not tell scores in the hundreds apart. */
    boolean suits(HeddleModel model) {
        return this != LARGE
                || model.inputs().values().stream()
                        .map(type -> type.dtype())
                        .noneMatch(t -> t == DType.F16 || t == DType.BF16);
    }
}
