package heddle.compiler.recompute;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.ir.cut.MinimumCut;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.layout.View;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a segment may keep: for several prices of memory the cheapest choice of kept and recomputed values, as a minimum cut.
 * Between the source and a value lies the time to compute its node again, between a node and its value the time and the price of
 * keeping it; every reader of a value that is computed again needs it to be there.
 */
final class SegmentChoices {
    /**
     * One choice.
     *
     * @param kept  by place of the node in its segment, and result
     * @param bytes of what is kept
     * @param time  to compute the rest again, in picoseconds
     */
    record Choice(Set<Kept> kept, long bytes, long time) {}

    /** A value by its place in the segment. */
    record Kept(int place, int result) {}

    /** Prices in picoseconds a byte: from less than keeping itself takes to more than any product does. */
    private static final double LEAST_PRICE = 50;

    private static final double STEP = 1.5;
    private static final int PRICES = 27;

    private static final int SOURCE = 0;
    private static final int SINK = 1;

    private final JointGraph joint;
    private final NodeCost cost;
    private final Segment segment;
    private final Map<Node, Integer> places = new HashMap<>();

    private SegmentChoices(JointGraph joint, NodeCost cost, Segment segment) {
        this.joint = joint;
        this.cost = cost;
        this.segment = segment;
        for (int at = 0; at < segment.nodes().size(); at++) {
            places.put(segment.nodes().get(at), at);
        }
    }

    /** The choices from the least bytes to the least time, each faster for its bytes than those between its neighbours. */
    static List<Choice> of(JointGraph joint, NodeCost cost, Segment segment) {
        return new SegmentChoices(joint, cost, segment).choices();
    }

    /** What makes segments equal: operations, what they read, how they are connected, and what is read later. */
    static List<Object> signature(JointGraph joint, Segment segment) {
        SegmentChoices s = new SegmentChoices(joint, new NodeCost(Collections.emptySortedMap()), segment);
        List<Object> signature = new ArrayList<>();
        for (Node node : segment.nodes()) {
            signature.add(node.op());
            signature.add(node.results());
            for (Value v : joint.graph().operands(node)) {
                signature.add(s.places.getOrDefault(v.node(), -1) + "." + v.index());
                signature.add(v.type());
            }
            for (int n = 0; n < node.results().size(); n++) {
                Value v = new Value(node, n);
                signature.add(joint.isReadBackward(v) + " " + segment.ends().contains(v) + " "
                        + joint.outputs().contains(v));
            }
        }
        return signature;
    }

    private List<Choice> choices() {
        Set<Choice> found = new HashSet<>();
        found.add(at(0));
        double price = LEAST_PRICE;
        for (int n = 0; n < PRICES; n++) {
            found.add(at(price));
            price *= STEP;
        }
        List<Choice> hull = new ArrayList<>();
        found.stream()
                .sorted(Comparator.comparingLong(Choice::bytes).thenComparingLong(Choice::time))
                .forEach(c -> {
                    while (!hull.isEmpty()
                            && (hull.getLast().time <= c.time && hull.getLast().bytes == c.bytes || isAbove(hull, c))) {
                        if (hull.getLast().time <= c.time) {
                            return;
                        }
                        hull.removeLast();
                    }
                    if (hull.isEmpty() || c.time < hull.getLast().time) {
                        hull.add(c);
                    }
                });
        return hull;
    }

    /** Whether the last choice is slower than what lies between its neighbours. */
    private static boolean isAbove(List<Choice> hull, Choice next) {
        if (hull.size() < 2) {
            return false;
        }
        Choice first = hull.get(hull.size() - 2);
        Choice middle = hull.getLast();
        return saving(first, middle) <= saving(middle, next);
    }

    /** Time saved for each byte more. */
    static double saving(Choice from, Choice to) {
        return (from.time - to.time) / (double) Math.max(1, to.bytes - from.bytes);
    }

    private Choice at(double price) {
        List<Node> nodes = segment.nodes();
        MinimumCut cut = new MinimumCut(SOURCE, SINK);
        int next = SINK + 1;
        int[] vertices = new int[nodes.size()];
        for (int at = 0; at < nodes.size(); at++) {
            vertices[at] = next;
            next += 1 + nodes.get(at).results().size();
        }
        for (int at = 0; at < nodes.size(); at++) {
            Node node = nodes.get(at);
            cut.edge(SOURCE, vertices[at], again(node));
            for (int n = 0; n < node.results().size(); n++) {
                Value value = new Value(node, n);
                int vertex = vertices[at] + 1 + n;
                cut.edge(vertices[at], vertex, keeping(value, price));
                for (Node reader : joint.forwardReaders(value)) {
                    Integer place = places.get(reader);
                    if (place != null) {
                        cut.edge(vertex, vertices[place], MinimumCut.NEVER);
                    }
                }
                if (joint.isReadBackward(value)) {
                    cut.edge(vertex, SINK, MinimumCut.NEVER);
                }
            }
        }
        return choice(cut.sourceSide(), vertices);
    }

    private long again(Node node) {
        return cost.again(node, joint.graph().operands(node));
    }

    /** What is kept anyway costs nothing; views and what is made of indexes are never kept. */
    private long keeping(Value value, double price) {
        if (segment.ends().contains(value) || joint.outputs().contains(value)) {
            return 0;
        }
        boolean isMade = value.node().op() instanceof Pointwise
                && (value.node().op() instanceof View || !value.type().dtype().isFloat());
        return isMade ? MinimumCut.NEVER : cost.keeping(value.type()) + Math.round(price * cost.bytes(value.type()));
    }

    private Choice choice(BitSet sourceSide, int[] vertices) {
        Set<Kept> kept = new HashSet<>();
        long bytes = 0;
        long time = 0;
        for (int at = 0; at < vertices.length; at++) {
            Node node = segment.nodes().get(at);
            if (!sourceSide.get(vertices[at])) {
                time += again(node);
                continue;
            }
            for (int n = 0; n < node.results().size(); n++) {
                Value value = new Value(node, n);
                if (!sourceSide.get(vertices[at] + 1 + n) && keeping(value, 0) > 0) {
                    kept.add(new Kept(at, n));
                    bytes += cost.bytes(value.type());
                }
            }
        }
        return new Choice(Set.copyOf(kept), bytes, time);
    }

    /** The values that a choice keeps of a segment. */
    static Set<Value> values(Segment segment, Choice choice) {
        Set<Value> values = new HashSet<>(segment.ends());
        choice.kept().forEach(k -> values.add(new Value(segment.nodes().get(k.place()), k.result())));
        return values;
    }
}
