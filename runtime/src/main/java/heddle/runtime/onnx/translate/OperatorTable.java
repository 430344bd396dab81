package heddle.runtime.onnx.translate;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is known of operators, by domain and name. ONNX's own domain is the empty text. */
public final class OperatorTable {
    private final SortedMap<String, SortedMap<String, OnnxOperator>> operators = new TreeMap<>();

    /** @throws IllegalArgumentException when there is one of that name */
    public void add(String domain, String name, OnnxOperator operator) {
        if (operators.computeIfAbsent(domain, d -> new TreeMap<>()).put(name, operator) != null) {
            throw new IllegalArgumentException("two translations of " + name + " in domain \"" + domain + "\"");
        }
    }

    public Optional<OnnxOperator> find(String domain, String name) {
        return Optional.ofNullable(
                operators.getOrDefault(domain, Collections.emptySortedMap()).get(name));
    }

    /** The names in a domain, sorted. */
    public Map<String, OnnxOperator> in(String domain) {
        return Collections.unmodifiableMap(operators.getOrDefault(domain, Collections.emptySortedMap()));
    }
}
