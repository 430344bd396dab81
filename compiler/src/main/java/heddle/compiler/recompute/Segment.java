package heddle.compiler.recompute;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Nodes of the forward pass between two waists: places in their order where one value, or two, are all that is needed later. What
 * is open at a waist is kept.
 *
 * @param nodes in order
 * @param ends  the values that are open where the segment ends
 */
record Segment(List<Node> nodes, Set<Value> ends) {
    private static final int OPEN = 2;

    /** Between a waist and one that is twice as wide, the wide one is none: in a layer every operation of a chain is a waist. */
    private static final double WIDE = 1.5;

    /** A place behind a node. */
    private record Waist(int behind, Set<Value> open, long bytes) {}

    /** The segments of a forward pass, in order. */
    static List<Segment> of(JointGraph joint, NodeCost cost) {
        List<Node> nodes = joint.computed();
        List<Waist> waists = narrow(waists(joint, nodes, cost));
        List<Segment> segments = new ArrayList<>();
        int from = 0;
        for (Waist w : waists) {
            segments.add(new Segment(List.copyOf(nodes.subList(from, w.behind + 1)), w.open));
            from = w.behind + 1;
        }
        if (from < nodes.size()) {
            segments.add(new Segment(List.copyOf(nodes.subList(from, nodes.size())), Set.of()));
        }
        return segments;
    }

    /** Every few segments as one. */
    static List<Segment> merged(List<Segment> segments, int together) {
        List<Segment> merged = new ArrayList<>();
        for (int from = 0; from < segments.size(); from += together) {
            List<Segment> part = segments.subList(from, Math.min(from + together, segments.size()));
            List<Node> nodes = part.stream().flatMap(s -> s.nodes.stream()).toList();
            merged.add(new Segment(nodes, part.getLast().ends));
        }
        return merged;
    }

    /** One sweep: a value is open from the node that gives it to the last that reads it. */
    private static List<Waist> waists(JointGraph joint, List<Node> nodes, NodeCost cost) {
        Map<Node, Integer> place = new HashMap<>();
        for (int at = 0; at < nodes.size(); at++) {
            place.put(nodes.get(at), at);
        }
        Map<Integer, List<Value>> closing = new HashMap<>();
        Set<Value> open = new HashSet<>();
        List<Waist> waists = new ArrayList<>();
        for (int at = 0; at < nodes.size(); at++) {
            Node node = nodes.get(at);
            for (int n = 0; n < node.results().size(); n++) {
                Value value = new Value(node, n);
                int last = joint.forwardReaders(value).stream()
                        .mapToInt(r -> place.getOrDefault(r, 0))
                        .max()
                        .orElse(-1);
                // What has no gradient, such as a mask, is cheap to compute again.
                if (last > at && value.type().dtype().isFloat()) {
                    open.add(value);
                    closing.computeIfAbsent(last, none -> new ArrayList<>()).add(value);
                }
            }
            open.removeAll(closing.getOrDefault(at, List.of()));
            if (!open.isEmpty() && open.size() <= OPEN) {
                long bytes = open.stream().mapToLong(v -> cost.bytes(v.type())).sum();
                waists.add(new Waist(at, Set.copyOf(open), bytes));
            }
        }
        return waists;
    }

    /** Those that are as narrow as their neighbours. Of waists with the same values the last stands. */
    private static List<Waist> narrow(List<Waist> all) {
        long least = all.stream()
                .mapToLong(Waist::bytes)
                .sorted()
                .skip(all.size() / 4)
                .findFirst()
                .orElse(0);
        List<Waist> narrow = new ArrayList<>();
        for (Waist w : all) {
            if (w.bytes <= WIDE * least) {
                if (!narrow.isEmpty() && narrow.getLast().open.equals(w.open)) {
                    narrow.removeLast();
                }
                narrow.add(w);
            }
        }
        return narrow;
    }
}
