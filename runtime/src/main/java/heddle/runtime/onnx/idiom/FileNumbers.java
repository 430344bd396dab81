package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxElements;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The elements of small tensors that lie in the file itself. */
final class FileNumbers {
    /** More axes than any list of them has. */
    private static final int MOST = 16;

    private FileNumbers() {}

    /** The element of a tensor that has one; empty for a type that is not read. */
    static Optional<Double> only(OnnxTensor tensor) {
        return tensor.shape().stream().allMatch(n -> n == 1) ? read(tensor).map(t -> t.element(0)) : Optional.empty();
    }

    /** All elements of a tensor of {@code int64} with one axis or none. */
    static Optional<List<Long>> wholes(OnnxTensor tensor) {
        long count = tensor.shape().stream().reduce(1L, (a, b) -> a * b);
        return tensor.onnxType() == 7 && tensor.shape().size() <= 1 && count <= MOST
                ? read(tensor).map(t -> Arrays.stream(t.longs()).boxed().toList())
                : Optional.empty();
    }

    private static Optional<Tensor> read(OnnxTensor tensor) {
        try {
            return tensor.isExternal() ? Optional.empty() : Optional.of(OnnxElements.read(tensor));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // What cannot be read is no constant of an idiom; who needs it says why.
        }
    }
}
