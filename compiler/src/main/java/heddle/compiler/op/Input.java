package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * A tensor that is given to every run.
 *
 * @param key the model's name for it, unique in the graph
 */
public record Input(String key, TensorType type) implements Op {
    @Override
    public String name() {
        return "input";
    }

    @Override
    public OpCategory category() {
        return OpCategory.INPUT;
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("name", key);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 0);
        return List.of(type);
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Input(key, type.bind(bindings));
    }

    /** @throws IllegalStateException always: its value is given to {@link Interpreter} */
    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        throw new IllegalStateException("the input " + key + " has no value of its own");
    }
}
