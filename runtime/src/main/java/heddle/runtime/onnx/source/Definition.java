package heddle.runtime.onnx.source;

import java.util.List;

/**
 * {@code let results = term}. Several results take a list apart.
 *
 * @param nodes the names of the ONNX nodes that it says what they compute, in the file's order; the last one made its results
 */
public record Definition(List<Value> results, Term term, List<String> nodes) {
    public Definition {
        results = List.copyOf(results);
        nodes = List.copyOf(nodes);
    }
}
