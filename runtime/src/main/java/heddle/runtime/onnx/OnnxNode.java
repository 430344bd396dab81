package heddle.runtime.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node of an ONNX graph.
 *
 * @param names      of the node in the file; several where nodes that belong together were read as one, empty where it had none
 * @param domain     of the operator; empty for ONNX's own
 * @param inputs     the names of its operands; an empty text is one that is left out
 * @param outputs    the names of its results; an empty text is one that nobody reads
 * @param attributes by name, in the file's order
 */
public record OnnxNode(
        List<String> names,
        String domain,
        String operator,
        List<String> inputs,
        List<String> outputs,
        Map<String, OnnxAttribute> attributes) {
    public OnnxNode {
        names = List.copyOf(names);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** The last of its names, or that of its first result: how messages call it. */
    public String label() {
        return names.isEmpty() || names.getLast().isEmpty() ? outputs.getFirst() : names.getLast();
    }

    /** {@code com.microsoft.Attention}, or {@code MatMul} for ONNX's own. */
    public String qualifiedOperator() {
        return domain.isEmpty() ? operator : domain + "." + operator;
    }

    public Optional<OnnxAttribute> attribute(String name) {
        return Optional.ofNullable(attributes.get(name));
    }
}
