package heddle.runtime.input;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Scatter;
import heddle.compiler.op.layout.ScatterAlong;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a model does with the integers of an input or weight, and from which range it is worth drawing them: indexes from
 * the whole axis that they index, lengths and positions from the positions that they are compared with, numbers of
 * segments from a few, flags from zero and one.
 */
public final class IntegerUses {
    private static final IntegerRange FLAGS = new IntegerRange(0, 1);
    private static final IntegerRange SEGMENTS = new IntegerRange(0, 3);

    /** The first number that a use allows is looked for below this. */
    private static final long FIRST = 256;

    /** A model that keeps within its limits for numbers as large as this takes any number: it clamps or wraps them. */
    private static final long UNBOUNDED = 1L << 29;

    /** A node that the integers lead to, and the range it should stay in. */
    private record Limit(Node node, IntegerRange range) {}

    private final Graph graph;
    private final IntegerFlow flow;
    private final String key;
    private final TensorType type;
    private final Set<Node> derived = new HashSet<>();
    private final List<Limit> indexes = new ArrayList<>();
    private final List<Limit> compared = new ArrayList<>();
    private boolean segments;
    private boolean positions;
    private long greatestFlag = FLAGS.high();

    private IntegerUses(Graph graph, Map<String, Long> lengths, String key, TensorType type) {
        this.graph = graph;
        this.flow = new IntegerFlow(graph, lengths);
        this.key = key;
        this.type = type;
        Map<Node, IntegerRange> others = flow.ranges(Map.of());
        for (Node node : graph.nodes()) {
            if (IntegerFlow.key(node).filter(key::equals).isPresent()
                    || flow.parts(node).stream().anyMatch(v -> derived.contains(v.node()))) {
                derived.add(node);
            }
            for (int slot = 0; slot < graph.operands(node).size(); slot++) {
                if (derived.contains(graph.operand(node, slot).node())) {
                    use(node, slot, others);
                }
            }
        }
    }

    /**
     * The range to draw an input's or weight's integers from.
     *
     * @param lengths of the symbols that are known
     * @param key     the name of the input or weight
     */
    public static IntegerRange range(Graph graph, Map<String, Long> lengths, String key, TensorType type) {
        return type.dtype().isInt() ? new IntegerUses(graph, lengths, key, type).range() : FLAGS;
    }

    private void use(Node node, int slot, Map<Node, IntegerRange> others) {
        Node operand = graph.operand(node, slot).node();
        if (node.op() instanceof Gather gather && slot == 1) {
            index(operand, graph.operand(node, 0).type().dim(gather.axis()));
        } else if (node.op() instanceof TakeAlong take && slot == 1) {
            index(operand, graph.operand(node, 0).type().dim(take.axis()));
        } else if (node.op() instanceof Scatter scatter && slot == 1) {
            index(operand, scatter.size());
        } else if (node.op() instanceof ScatterAlong scatter && slot == 1) {
            index(operand, scatter.size());
        } else if (node.op() instanceof Elementwise e && e.fn().rule() == ScalarFn.Rule.COMPARE) {
            Node other = graph.operand(node, 1 - slot).node();
            compare(operand, e.fn(), slot, Optional.ofNullable(others.get(other)));
        } else {
            positions |= node.type().dtype().isFloat() && turnsFeatures(node);
        }
    }

    private void index(Node operand, Dim table) {
        flow.length(table).ifPresent(rows -> indexes.add(new Limit(operand, new IntegerRange(0, rows - 1))));
    }

    /** @param other what the integers are compared with, where the model tells */
    private void compare(Node operand, ScalarFn fn, int slot, Optional<IntegerRange> other) {
        boolean equality = fn == ScalarFn.EQ || fn == ScalarFn.NE;
        if (other.isEmpty()) {
            segments |= equality;
            positions |= !equality;
        } else if (other.get().isPoint()) {
            greatestFlag = Math.max(greatestFlag, other.get().low());
        } else {
            // Past the last position where that is a length: j < length.
            boolean isLength = fn == (slot == 0 ? ScalarFn.GT : ScalarFn.LT);
            compared.add(new Limit(operand, isLength ? other.get().plus(IntegerRange.of(1)) : other.get()));
        }
    }

    /** Whether a number becomes an angle: the position of a rotary embedding. */
    private boolean turnsFeatures(Node start) {
        Set<Node> seen = new HashSet<>(Set.of(start));
        Deque<Node> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Node node = open.remove();
            if (node.op() instanceof Elementwise e && (e.fn() == ScalarFn.SIN || e.fn() == ScalarFn.COS)) {
                return true;
            }
            graph.users(node).stream()
                    .filter(user -> user.op() instanceof Pointwise && seen.add(user))
                    .forEach(open::add);
        }
        return false;
    }

    private IntegerRange range() {
        List<Limit> all = Stream.concat(indexes.stream(), compared.stream()).toList();
        return widest(all)
                .or(() -> widest(indexes))
                .or(() -> indexes.isEmpty() ? Optional.empty() : Optional.of(rows()))
                .or(() -> widest(compared))
                .or(() -> segments ? Optional.of(SEGMENTS) : Optional.empty())
                .or(() -> positions ? Optional.of(places()) : Optional.empty())
                .orElse(new IntegerRange(FLAGS.low(), greatestFlag));
    }

    /** The rows that all tables have. */
    private IntegerRange rows() {
        return new IntegerRange(
                0, indexes.stream().mapToLong(l -> l.range.high()).min().orElse(0));
    }

    /** As many positions as the longest axis has. */
    private IntegerRange places() {
        long longest = type.shape().dims().stream()
                .flatMap(d -> flow.length(d).stream())
                .mapToLong(n -> n)
                .max()
                .orElse(2);
        return new IntegerRange(0, Math.max(longest - 1, 1));
    }

    /** The numbers from zero on that keep within all limits; empty when there are none, or no limits. */
    private Optional<IntegerRange> widest(List<Limit> limits) {
        if (limits.isEmpty()) {
            return Optional.empty();
        }
        long low = 0;
        while (low < FIRST && !keeps(limits, low)) {
            low++;
        }
        if (low == FIRST) {
            return Optional.empty();
        }
        long found = low;
        for (long step = UNBOUNDED; step > 0; step /= 2) {
            if (keeps(limits, found + step)) {
                found += step;
            }
        }
        if (found >= UNBOUNDED) {
            found = Math.max(
                    low, limits.stream().mapToLong(l -> l.range.high()).max().orElseThrow());
        }
        return Optional.of(new IntegerRange(low, found));
    }

    private boolean keeps(List<Limit> limits, long value) {
        Map<Node, IntegerRange> ranges = flow.ranges(Map.of(key, IntegerRange.of(value)));
        return limits.stream().allMatch(l -> ranges.containsKey(l.node) && l.range.contains(ranges.get(l.node)));
    }
}
