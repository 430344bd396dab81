package heddle.compiler.op;

import heddle.compiler.ir.Attributes;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.type.Dim;
import heddle.compiler.type.StoredType;
import heddle.compiler.type.TensorType;
import java.util.Map;

/**
 * A tensor of the weight file, the same in every run.
 *
 * @param key  the weight file's name for it
 * @param type of its values
 * @param held what the file holds for them
 */
public record Weight(String key, TensorType type, StoredType held) implements Given {
    /** A weight that the file holds as its values are. */
    public Weight(String key, TensorType type) {
        this(key, type, StoredType.of(type.dtype()));
    }

    /** The weight that an attribute list of the text form tells. */
    static Weight read(Attributes text) {
        TensorType type = text.result();
        String held = text.optional("held").orElse(type.dtype().text());
        return StoredType.parse(held, text.optional("scales").orElse(""))
                .map(stored -> new Weight(text.string("name"), type, stored))
                .orElseThrow(() -> new IllegalArgumentException("a weight is not held as " + held));
    }

    @Override
    public String name() {
        return "weight";
    }

    @Override
    public OpCategory category() {
        return OpCategory.WEIGHT;
    }

    @Override
    public Map<String, Object> attributes() {
        if (held.equals(StoredType.of(type.dtype()))) {
            return Map.of("name", key);
        }
        return held.scales().isEmpty()
                ? AttributeMap.of("name", key, "held", held.text())
                : AttributeMap.of(
                        "name",
                        key,
                        "held",
                        held.text(),
                        "scales",
                        held.scales().get().name());
    }

    @Override
    public Op bind(Map<String, Dim> bindings) {
        return new Weight(key, type.bind(bindings), held);
    }
}
