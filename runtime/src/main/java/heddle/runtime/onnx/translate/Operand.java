package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import java.util.List;
import java.util.Optional;

/**
 * What a node reads or computes.
 *
 * @param term  how the language writes it; for something known, its number or {@code tensor(...)}
 * @param type  whole numbers of fewer than 32 bits have {@code i32} here, unsigned ones of 32 bits and more {@code i64}
 * @param known its elements, where they are known before the model runs
 */
public record Operand(Term term, TensorType type, Optional<Known> known) {
    public DType dtype() {
        return type.dtype();
    }

    public int rank() {
        return type.rank();
    }

    public List<Dim> dims() {
        return type.shape().dims();
    }
}
