package heddle.compiler.ir;

import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;

/** A result with more elements than can be counted; no target could hold it. */
public final class TensorTooLarge extends TypeMismatch {
    private static final long serialVersionUID = 1;

    private TensorTooLarge(String message) {
        super(message, List.of(), Optional.of("use shorter lengths"));
    }

    /** Names an operation whose lengths cannot even be computed. */
    static TensorTooLarge of(String op, ArithmeticException cause) {
        return new TensorTooLarge(op + " has a result that is too large: " + cause.getMessage());
    }

    /** @throws TensorTooLarge when the bytes of a tensor, or the steps between its elements, pass 64 bits */
    static void check(TensorType type) {
        Shape shape = type.shape();
        if (!shape.isCountable()) {
            throw new TensorTooLarge("a tensor " + type + " is too large: 64 bits do not count its bytes");
        }
    }
}
