package heddle.compiler.op;

import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.Map;

/**
 * A tensor that is given to every run.
 *
 * @param key the model's name for it, unique in the graph
 */
public record Input(String key, TensorType type) implements Given {
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
    public Op bind(Map<String, Dim> bindings) {
        return new Input(key, type.bind(bindings));
    }
}
