package heddle.runtime.weights;

import heddle.compiler.type.Stored;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A file of named tensors. Its list of tensors is known when it is opened. Elements are mapped, and read on demand.
 */
public interface WeightFile {
    /** The name of the text that says after how many steps of a training the file was written. */
    String TRAINED_STEPS = "heddle.step";

    /** Opens a file of any format that Heddle knows, by what the file begins with. */
    static WeightFile open(Path file) {
        return WeightFormat.open(file);
    }

    Path path();

    /** This file, and those beside it that hold elements of its tensors. */
    default List<Path> files() {
        return List.of(path());
    }

    /** The format's name: {@code safetensors}. */
    String format();

    /** The tensors by name, in the file's order. */
    SequencedMap<String, WeightEntry> entries();

    /** Free text that came with the tensors, by name. */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /** Whether a training is kept in it: weights are in f32 there, also those that the model rounds to sixteen bits for each run. */
    default boolean isCheckpoint() {
        return metadata().containsKey(TRAINED_STEPS);
    }

    /**
     * One tensor in the element type it has in the file. Sixteen-bit floats are packed.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when there is none of this name, or its element type is not
     *     one of Heddle's
     */
    Tensor read(String name);

    /**
     * The shape of the whole numbers that an entry holds, if it may hold some in this form.
     *
     * @param stored {@code i8} or {@code i4}
     */
    default Optional<List<Long>> quantised(WeightEntry entry, Stored stored) {
        return Optional.empty();
    }

    /**
     * The whole numbers of a quantised weight.
     *
     * @param stored a form that {@link #quantised} has a shape for
     */
    default Tensor read(String name, Stored stored) {
        throw new IllegalArgumentException(format() + " files hold no " + stored.text());
    }
}
