package heddle.runtime.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A graph: that of the model, or one in an attribute of a node.
 *
 * @param inputs       that a run gives; initialisers are none of them
 * @param initialisers by name, in the file's order
 * @param nodes        each behind those that it reads
 */
public record OnnxGraph(
        String name,
        List<Declared> inputs,
        List<Declared> outputs,
        Map<String, OnnxTensor> initialisers,
        List<OnnxNode> nodes) {
    public OnnxGraph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        initialisers = Collections.unmodifiableMap(new LinkedHashMap<>(initialisers));
        nodes = List.copyOf(nodes);
    }

    /** An input or output. @param onnxType of its elements, 0 where none is said @param shape empty where none is said */
    public record Declared(String name, int onnxType, Optional<List<DeclaredLength>> shape) {}

    /** A length: a number, a name, or neither. */
    public record DeclaredLength(Optional<Long> number, Optional<String> name) {}
}
