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

    static SequencedMap<String, NdArray> of(
            List<Declaration> declared, Map<String, Long> lengths, Draw draw, long seed) {
        SequencedMap<String, NdArray> arrays = new LinkedHashMap<>();
        for (Declaration d : declared) {
            NdArray a = NdArray.zeros(d.type().dtype(), d.type().shape().evaluate(lengths));
            SplittableRandom random = new SplittableRandom(seed ^ d.name().hashCode());
            Arrays.setAll(a.data(), i -> a.dtype().nearest(element(a, draw, random)));
            arrays.put(d.name(), a);
        }
        return arrays;
    }

    private static double element(NdArray a, Draw draw, SplittableRandom random) {
        if (a.dtype().isFloat()) {
            boolean special = draw == Draw.SPECIAL && random.nextInt(20) == 0;
            return special
                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : random.nextGaussian() * (draw == Draw.LARGE ? 6 : 1);
        }
        int bound = a.dtype() == DType.BOOL ? 2 : 4;
        return draw == Draw.MASKED ? 0 : random.nextInt(bound);
    }

    static Map<String, Tensor> tensors(Map<String, NdArray> arrays) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arrays.forEach(
                (name, a) -> tensors.put(name, Tensor.of(a.data(), a.shape()).cast(a.dtype())));
        return tensors;
    }
}
