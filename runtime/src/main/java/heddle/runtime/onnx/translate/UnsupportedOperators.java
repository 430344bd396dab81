package heddle.runtime.onnx.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a file asks for and the importer does not know: reasons, and the nodes that have them. */
final class UnsupportedOperators {
    private final Map<String, List<String>> nodes = new LinkedHashMap<>();

    void add(String reason, String node) {
        nodes.computeIfAbsent(reason, r -> new ArrayList<>()).add(node);
    }

    boolean isEmpty() {
        return nodes.isEmpty();
    }

    /** {@code NonZero: 2 nodes, /a/NonZero and /b/NonZero}, one line a reason. */
    List<String> lines() {
        return nodes.entrySet().stream()
                .map(e -> e.getKey() + ": " + count(e.getValue()))
                .toList();
    }

    private static String count(List<String> names) {
        return switch (names.size()) {
            case 1 -> "node " + names.getFirst();
            case 2 -> "2 nodes, " + names.getFirst() + " and " + names.getLast();
            default -> names.size() + " nodes, the first " + names.getFirst();
        };
    }
}
