package heddle.compiler.ir;

import java.util.List;
import java.util.Optional;

/** Operands that do not fit an operation. The message speaks of types only; whoever knows the source adds places. */
public sealed class TypeMismatch extends RuntimeException permits TensorTooLarge {
    private static final long serialVersionUID = 1;

    private final transient List<Integer> operands;
    private final transient Optional<String> hint;

    /** @param operands which operands the message is about */
    public TypeMismatch(String message, List<Integer> operands, Optional<String> hint) {
        super(message);
        this.operands = List.copyOf(operands);
        this.hint = hint;
    }

    public TypeMismatch(String message, Integer... operands) {
        this(message, List.of(operands), Optional.empty());
    }

    public List<Integer> operands() {
        return operands;
    }

    public Optional<String> hint() {
        return hint;
    }
}
