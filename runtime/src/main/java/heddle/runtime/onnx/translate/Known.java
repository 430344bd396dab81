package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.List;

/**
 * A tensor of few elements that is known when the model is imported: constants, and the lengths that chains of {@code Shape},
 * {@code Gather} and {@code Concat} compute. Lengths stay symbols.
 *
 * @param shape    of known lengths
 * @param elements in row-major order
 */
public record Known(DType dtype, List<Long> shape, List<Element> elements) {
    /** More elements than any shape or table of lengths has. What is larger is a weight, or computed when the model runs. */
    public static final int MOST = 1024;

    public Known {
        shape = List.copyOf(shape);
        elements = List.copyOf(elements);
        if (shape.stream().reduce(1L, Math::multiplyExact) != elements.size()) {
            throw new IllegalArgumentException(elements.size() + " elements for shape " + shape);
        }
    }

    /** An element. */
    public sealed interface Element {
        /** A whole number, which may be made of lengths. */
        record Whole(Dim value) implements Element {}

        /** A float. */
        record Fraction(double value) implements Element {}

        /** A truth value. */
        record Truth(boolean value) implements Element {}
    }
}
