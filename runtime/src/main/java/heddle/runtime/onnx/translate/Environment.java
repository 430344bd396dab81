package heddle.runtime.onnx.translate;

import heddle.runtime.onnx.OnnxTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What names of a graph stand for. A graph within a node sees the names around it. */
final class Environment {
    private final Optional<Environment> outer;
    private final Map<String, Operand> operands = new HashMap<>();
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final Map<String, List<Operand>> sequences = new HashMap<>();
    private final Map<String, Supplier<Operand>> deferred = new HashMap<>();

    Environment(Optional<Environment> outer) {
        this.outer = outer;
    }

    /** Says which tensor of the file a name is. */
    void put(String name, OnnxTensor tensor) {
        tensors.put(name, tensor);
    }

    Optional<OnnxTensor> tensor(String name) {
        OnnxTensor tensor = tensors.get(name);
        return tensor != null || operands.containsKey(name)
                ? Optional.ofNullable(tensor)
                : outer.flatMap(o -> o.tensor(name));
    }

    void put(String name, Operand operand) {
        operands.put(name, operand);
    }

    void put(String name, List<Operand> sequence) {
        sequences.put(name, List.copyOf(sequence));
    }

    Optional<List<Operand>> sequence(String name) {
        List<Operand> sequence = sequences.get(name);
        return sequence != null ? Optional.of(sequence) : outer.flatMap(o -> o.sequence(name));
    }

    /** An operand that is made when somebody reads it. */
    void defer(String name, Supplier<Operand> operand) {
        deferred.put(name, operand);
    }

    Optional<Operand> find(String name) {
        Operand operand = operands.get(name);
        if (operand == null && deferred.containsKey(name)) {
            operand = deferred.get(name).get();
            operands.put(name, operand);
        }
        return operand != null ? Optional.of(operand) : outer.flatMap(o -> o.find(name));
    }
}
