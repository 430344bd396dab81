package heddle.bench;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.DType;
import heddle.compiler.type.Scales;
import heddle.compiler.type.Stored;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Makes weights as a model declares them from weights of f32. Whole numbers are symmetric: the largest of those that share a scale
 * becomes 127, or 7, or its negative.
 */
final class Quantiser {
    private Quantiser() {}

    /** The weights, and the scales of those that are quantised. */
    static SequencedMap<String, Tensor> weights(List<Declaration> declared, Map<String, Tensor> floats) {
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
        for (Declaration w : declared) {
            Tensor given = floats.get(w.name());
            if (w.held().scales().isPresent()) {
                quantise(w, given, weights);
            } else if (given != null) {
                weights.put(w.name(), given);
            }
        }
        return weights;
    }

    private static void quantise(Declaration w, Tensor given, Map<String, Tensor> weights) {
        Stored stored = w.held().stored();
        Scales scales = w.held().scales().orElseThrow();
        int most = stored == Stored.I8 ? 127 : 7;
        long[] shape = given.shape();
        float[] values = given.floats();
        Tensor factors = Tensor.zeros(DType.F32, scales.shape(w.type().shape()).evaluate(Map.of()));
        float[] factor = factors.floats();
        for (int i = 0; i < values.length; i++) {
            int of = scale(scales.per(), shape, i);
            factor[of] = Math.max(factor[of], Math.abs(values[i]) / most);
        }
        float[] numbers = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            float scale = factor[scale(scales.per(), shape, i)];
            numbers[i] = scale == 0 ? 0 : Math.clamp(Math.round(values[i] / scale), -most, most);
        }
        weights.put(w.name(), Tensor.packed(DType.F32, shape, stored, StoredArray.packed(numbers, stored)));
        weights.put(scales.name(), factors);
    }

    /** The place of an element's scale. */
    private static int scale(Scales.Per per, long[] shape, int element) {
        int columns = (int) shape[shape.length - 1];
        int rows = (int) shape[shape.length - 2];
        int row = element / columns;
        int column = element % columns;
        return switch (per) {
            case ROW -> row;
            case COLUMN -> row / rows * columns + column;
            case BLOCK -> row * Math.ceilDiv(columns, Scales.BLOCK) + column / Scales.BLOCK;
        };
    }
}
