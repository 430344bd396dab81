package heddle.tests.fuzz;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.ir.NdArray;
import heddle.compiler.type.DType;
import heddle.runtime.tensor.Tensor;
import heddle.tests.fuzz.FuzzedModel.Draw;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/** What a model is run with, the same for the same seed. */
final class FuzzedArrays {
    private static final double[] SPECIAL = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};

    private FuzzedArrays() {}

    /** @param magnitudes how large numbers are, where they are not ordinary */
    static SequencedMap<String, NdArray> of(
            List<Declaration> declared,
            Map<String, Long> lengths,
            Draw draw,
            Map<String, Double> magnitudes,
            long seed) {
        SequencedMap<String, NdArray> arrays = new LinkedHashMap<>();
        for (Declaration d : declared) {
            NdArray a = NdArray.zeros(d.type().dtype(), d.type().shape().evaluate(lengths));
            SplittableRandom random = new SplittableRandom(seed ^ d.name().hashCode());
            double magnitude = magnitudes.getOrDefault(d.name(), 1.0);
            boolean special = draw == Draw.SPECIAL && random.nextInt(3) > 0;
            Arrays.setAll(
                    a.data(),
                    i -> a.dtype()
                            .nearest(
                                    special && a.dtype().isFloat() && random.nextInt(16) == 0
                                            ? SPECIAL[random.nextInt(SPECIAL.length)]
                                            : element(a.dtype(), draw, magnitude, random)));
            arrays.put(d.name(), a);
        }
        return arrays;
    }

    private static double element(DType type, Draw draw, double magnitude, SplittableRandom random) {
        if (type.isFloat()) {
            double x = random.nextGaussian();
            return magnitude
                    * switch (draw) {
                        case LARGE -> x * 6;
                        case HUGE -> x * (type.bytes() == 2 ? 6 : 100);
                        case WHOLE -> Math.rint(x * 2);
                        default -> x;
                    };
        }
        if (magnitude != 1) {
            return Math.rint((2 * random.nextDouble() - 1) * magnitude);
        }
        return draw == Draw.MASKED ? 0 : random.nextInt(type == DType.BOOL ? 2 : 4);
    }

    static Map<String, Tensor> tensors(Map<String, NdArray> arrays) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arrays.forEach(
                (name, a) -> tensors.put(name, Tensor.of(a.data(), a.shape()).cast(a.dtype())));
        return tensors;
    }
}
