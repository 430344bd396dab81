package heddle.runtime.weights;

import heddle.compiler.type.DType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The entry of one tensor in a weight file.
 *
 * @param encoding the element type as the file names it: {@code BF16}, {@code FLOAT}
 * @param dtype    the same type in Heddle; absent when Heddle does not read it
 * @param bytes    its size in the file
 */
public record WeightEntry(String name, String encoding, Optional<DType> dtype, List<Long> shape, long bytes) {
    public WeightEntry {
        shape = List.copyOf(shape);
    }

    /** The same bytes under another shape. */
    WeightEntry withShape(List<Long> other) {
        return new WeightEntry(name, encoding, dtype, other, bytes);
    }

    /** {@code f32[384, 384]}, with the file's word for a type that Heddle does not have. */
    public String type() {
        return dtype.map(DType::text).orElse(encoding)
                + shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
