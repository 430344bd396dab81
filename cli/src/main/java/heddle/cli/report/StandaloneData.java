package heddle.cli.report;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Stored;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Writes tensors as the main method of a generated file for TornadoVM reads them: as their buffers hold them. */
public final class StandaloneData {
    private StandaloneData() {}

    /**
     * Writes those tensors that buffers of a plan have; no file when there are none.
     *
     * @return whether there are some
     */
    public static boolean write(Map<String, Buffer> buffers, Map<String, Tensor> tensors, Path file) {
        SequencedMap<String, Tensor> held = new LinkedHashMap<>();
        buffers.forEach((name, buffer) -> {
            if (tensors.containsKey(name)) {
                held.put(name, held(tensors.get(name), buffer.stored()));
            }
        });
        if (!held.isEmpty()) {
            Safetensors.write(held, file);
        }
        return !held.isEmpty();
    }

    private static Tensor held(Tensor t, Stored stored) {
        return stored.isPacked()
                ? Tensor.packed(DType.F32, t.shape(), stored, StoredArray.of(t, stored))
                : t.cast(Precision.computed(t.dtype())).unpacked();
    }
}
