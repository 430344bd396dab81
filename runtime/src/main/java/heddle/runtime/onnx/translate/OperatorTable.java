package heddle.runtime.onnx.translate;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What operators mean, by domain and name. */
public final class OperatorTable {
    private final SortedMap<String, SortedMap<String, OnnxOperator>> domains = new TreeMap<>();

    /**
     * @param domain empty for ONNX's own
     * @throws IllegalArgumentException when the table has the operator already
     */
    public void add(String domain, String name, OnnxOperator operator) {
        if (domains.computeIfAbsent(domain, d -> new TreeMap<>()).putIfAbsent(name, operator) != null) {
            throw new IllegalArgumentException("two meanings for operator " + name + " of domain \"" + domain + "\"");
        }
    }

    /** The meaning, if there is one. */
    public Optional<OnnxOperator> find(String domain, String name) {
        return Optional.ofNullable(domains.getOrDefault(domain, new TreeMap<>()).get(name));
    }

    /** All operators of a domain by name. */
    public Map<String, OnnxOperator> of(String domain) {
        return Collections.unmodifiableMap(domains.getOrDefault(domain, new TreeMap<>()));
    }
}
