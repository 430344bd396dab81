package heddle.api;

import java.util.List;

/**
 * What a model says of a tensor.
 *
 * @param shape lengths as the model has them: {@code 384}, {@code N}, {@code 2*N + 1}
 * @since 0.2
 */
public record TensorType(ElementType elements, List<String> shape) {
    /** @param shape lengths as a model has them */
    public TensorType {
        shape = List.copyOf(shape);
    }

    static TensorType of(heddle.compiler.type.TensorType type) {
        return new TensorType(
                ElementType.of(type.dtype()),
                type.shape().dims().stream().map(Object::toString).toList());
    }
}
