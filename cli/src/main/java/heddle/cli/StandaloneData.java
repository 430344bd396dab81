package heddle.cli;

import heddle.compiler.type.DType;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes tensors as the main method of a generated file for TornadoVM reads them: sixteen-bit floats are widened to
 * f32.
 */
final class StandaloneData {
    private StandaloneData() {}

    static void write(Map<String, Tensor> tensors, Path file) {
        SequencedMap<String, Tensor> widened = new LinkedHashMap<>();
        tensors.forEach((name, t) -> widened.put(name, isSixteenBits(t.dtype()) ? t.cast(DType.F32) : t));
        Safetensors.write(widened, file);
    }

    private static boolean isSixteenBits(DType type) {
        return type == DType.F16 || type == DType.BF16;
    }
}
