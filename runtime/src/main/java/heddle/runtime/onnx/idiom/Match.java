package heddle.runtime.onnx.idiom;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a pattern has found so far.
 *
 * @param values   of the graph, by the names of the pattern
 * @param numbers  by the names of the pattern
 * @param absorbed the places of nodes that the match replaces
 * @param seen     the places of nodes that the match looks through, and others may do as well
 */
record Match(
        NodeIndex index,
        Map<String, String> values,
        Map<String, Double> numbers,
        Set<Integer> absorbed,
        Set<Integer> seen) {
    Match(NodeIndex index) {
        this(index, Map.of(), Map.of(), Set.of(), Set.of());
    }

    String value(String name) {
        return values.get(name);
    }

    double number(String name) {
        return numbers.get(name);
    }

    boolean isBound(String name) {
        return values.containsKey(name) || numbers.containsKey(name);
    }

    Match bind(String name, String value) {
        Map<String, String> more = new TreeMap<>(values);
        more.put(name, value);
        return new Match(index, more, numbers, absorbed, seen);
    }

    Match bind(String name, double number) {
        Map<String, Double> more = new TreeMap<>(numbers);
        more.put(name, number);
        return new Match(index, values, more, absorbed, seen);
    }

    Match absorb(int place) {
        Set<Integer> more = new TreeSet<>(absorbed);
        more.add(place);
        return new Match(index, values, numbers, more, seen);
    }

    Match see(int place) {
        Set<Integer> more = new TreeSet<>(seen);
        more.add(place);
        return new Match(index, values, numbers, absorbed, more);
    }

    /** Whether nobody but nodes of the match reads what these make, the last one excepted. */
    boolean isClosed() {
        int root = absorbed.stream().max(Integer::compare).orElseThrow();
        return absorbed.stream().filter(place -> place != root).allMatch(this::isReadInside);
    }

    private boolean isReadInside(int place) {
        return index.node(place).outputs().stream()
                .filter(output -> !output.isEmpty())
                .allMatch(output -> index.reads(output)
                        == absorbed.stream()
                                .flatMap(reader -> index.node(reader).inputs().stream())
                                .filter(output::equals)
                                .count());
    }
}
