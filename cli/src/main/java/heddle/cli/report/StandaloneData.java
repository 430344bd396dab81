package heddle.cli.report;

import heddle.compiler.type.Precision;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes tensors as the main method of a generated file for TornadoVM reads them: packed ones are widened to
 * f32.
 */
public final class StandaloneData {
    private StandaloneData() {}

    public static void write(Map<String, Tensor> tensors, Path file) {
        SequencedMap<String, Tensor> widened = new LinkedHashMap<>();
        tensors.forEach((name, t) ->
                widened.put(name, t.cast(Precision.computed(t.dtype())).unpacked()));
        Safetensors.write(widened, file);
    }
}
