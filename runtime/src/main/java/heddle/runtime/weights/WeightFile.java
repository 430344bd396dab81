package heddle.runtime.weights;

import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.SequencedMap;

/**
 * A file of named tensors. Its list of tensors is known when it is opened. Elements are mapped, and read on demand.
 */
public interface WeightFile {
    /** Opens a file of any format that Heddle knows, by what the file begins with. */
    static WeightFile open(Path file) {
        return WeightFormat.open(file);
    }

    Path path();

    /** The format's name: {@code safetensors}. */
    String format();

    /** The tensors by name, in the file's order. */
    SequencedMap<String, WeightEntry> entries();

    /**
     * One tensor in the element type it has in the file.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when there is none of this name, or its element type is not
     *     one of Heddle's
     */
    Tensor read(String name);
}
