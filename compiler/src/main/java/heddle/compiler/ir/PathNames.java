package heddle.compiler.ir;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives the nodes of a graph under construction their paths. An origin that has a path keeps it, so that copies have the
 * path of what they are copied from.
 */
final class PathNames {
    /**
     * What scalars are counted as that follow from lengths and constants alone. How many operations compute such a number
     * depends on which lengths are known, so they must not count among the others.
     */
    private static final String NUMBER = "number";

    /** Before the number of an operation that some source asked for, and of one that none did. */
    private static final String WRITTEN = "#";

    private static final String ADDED = "~";

    private final Map<String, Integer> counts = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final BitSet numbers = new BitSet();

    /** The node with a path that no node before has. */
    Node named(Node node, List<Value> operands) {
        return new Node(node.id(), node.op(), node.results(), origin(node, operands));
    }

    private Origin origin(Node node, List<Value> operands) {
        boolean isNumber = isNumber(node, operands);
        numbers.set(node.id(), isNumber);
        Origin origin = node.origin();
        Origin named = origin.step().isEmpty()
                ? counted(origin, isNumber ? NUMBER : node.op().name())
                : origin;
        if (taken.add(named.path())) {
            return named;
        }
        Origin part = named.part(node.op().name());
        Origin free = part;
        for (int n = 2; !taken.add(free.path()); n++) {
            free = part.withStep(part.step() + n);
        }
        return free;
    }

    private Origin counted(Origin origin, String like) {
        String name = like + (origin.isWritten() ? WRITTEN : ADDED);
        int number = counts.merge(origin.scope() + ":" + name, 1, Integer::sum);
        return origin.withStep(name + number);
    }

    private boolean isNumber(Node node, List<Value> operands) {
        boolean isScalar = node.results().size() == 1 && node.type().rank() == 0;
        return isScalar
                && (operands.isEmpty()
                        ? node.op().category() == OpCategory.CONSTANT
                        : operands.stream().allMatch(v -> numbers.get(v.node().id())));
    }
}
