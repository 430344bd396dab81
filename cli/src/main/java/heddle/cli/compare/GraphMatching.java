package heddle.cli.compare;

import heddle.cli.compare.ComparedGraph.Node;
import heddle.cli.compare.ComparedGraph.Operand;
import heddle.cli.compare.ComparedGraph.Use;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.IntFunction;

/**
 * Finds the nodes of two graphs that are the same. What a node is follows from what it computes, never from what it is called:
 * <ol>
 *   <li>inputs and weights of one name;
 *   <li>nodes that compute the same from there and whose results are used in the same way, down to the outputs: hashes of operation,
 *       attributes and types, one over operands and one over users;
 *   <li>nodes that compute the same, then nodes that are used in the same way;
 *   <li>between those, neighbours of nodes that are matched;
 *   <li>nodes of one path and operation, whose attributes or types changed.
 * </ol>
 * Of several equal candidates, those of one path are matched, and the rest in order.
 */
final class GraphMatching {
    private static final int NONE = -1;

    private final ComparedGraph a;
    private final ComparedGraph b;
    private final int[] toB;
    private final int[] toA;
    private final Deque<Integer> matched = new ArrayDeque<>();
    private final Map<List<Object>, Integer> hashes = new HashMap<>();

    private GraphMatching(ComparedGraph a, ComparedGraph b) {
        this.a = a;
        this.b = b;
        toB = new int[a.nodes().size()];
        toA = new int[b.nodes().size()];
        Arrays.fill(toB, NONE);
        Arrays.fill(toA, NONE);
    }

    /** The position in {@code b} of each node of {@code a}; -1 for one that {@code b} does not have. */
    static int[] of(ComparedGraph a, ComparedGraph b) {
        GraphMatching matching = new GraphMatching(a, b);
        matching.match();
        return matching.toB;
    }

    private void match() {
        pair(n -> named(a.node(n)), n -> named(b.node(n)), false);
        int[] madeA = made(a, true);
        int[] madeB = made(b, false);
        int[] usedA = used(a);
        int[] usedB = used(b);
        pair(n -> List.of(madeA[n], usedA[n]), n -> List.of(madeB[n], usedB[n]), true);
        pair(n -> inner(a, n, madeA), n -> inner(b, n, madeB), true);
        pair(n -> isUsed(a, n) ? usedA[n] : null, n -> isUsed(b, n) ? usedB[n] : null, true);
        BiPredicate<Node, Node> same = (x, y) -> x.signature().equals(y.signature());
        BiPredicate<Node, Node> sameOp = (x, y) -> x.op().equals(y.op());
        grow((x, y) -> same.test(x, y) && x.path().equals(y.path()));
        grow(same);
        pair(
                n -> List.of(a.node(n).path(), a.node(n).signature()),
                n -> List.of(b.node(n).path(), b.node(n).signature()),
                false);
        grow(same);
        pair(
                n -> List.of(a.node(n).path(), a.node(n).op()),
                n -> List.of(b.node(n).path(), b.node(n).op()),
                false);
        grow(sameOp);
    }

    private static Object named(Node node) {
        return node.name().isEmpty() ? null : List.of(node.kind(), node.name(), node.signature());
    }

    /** Constants are too alike to be found by what they are: those that read them tell. */
    private static Object inner(ComparedGraph graph, int n, int[] made) {
        return graph.node(n).operands().isEmpty() ? null : made[n];
    }

    private static boolean isUsed(ComparedGraph graph, int n) {
        return !graph.node(n).operands().isEmpty()
                && (!graph.uses(n).isEmpty() || graph.outputs().containsValue(n));
    }

    /** Matches nodes with equal keys: those of one path, then the rest in order. A node whose key is null is left alone. */
    private void pair(IntFunction<Object> keyA, IntFunction<Object> keyB, boolean path) {
        if (path) {
            pair(n -> withPath(a.node(n), keyA.apply(n)), n -> withPath(b.node(n), keyB.apply(n)), false);
        }
        Map<Object, Deque<Integer>> open = new LinkedHashMap<>();
        for (int n = 0; n < toA.length; n++) {
            Object key = toA[n] == NONE ? keyB.apply(n) : null;
            if (key != null) {
                open.computeIfAbsent(key, k -> new ArrayDeque<>()).add(n);
            }
        }
        for (int n = 0; n < toB.length; n++) {
            Object key = toB[n] == NONE ? keyA.apply(n) : null;
            Deque<Integer> candidates = key == null ? null : open.get(key);
            if (candidates != null && !candidates.isEmpty()) {
                set(n, candidates.remove());
            }
        }
    }

    private static Object withPath(Node node, Object key) {
        return key == null ? null : List.of(node.path(), key);
    }

    private void set(int inA, int inB) {
        toB[inA] = inB;
        toA[inB] = inA;
        matched.add(inA);
    }

    private int hash(List<Object> key) {
        return hashes.computeIfAbsent(key, k -> hashes.size());
    }

    /** What each node computes. Matched inputs and weights are themselves. */
    private int[] made(ComparedGraph graph, boolean first) {
        int[] made = new int[graph.nodes().size()];
        for (int n : graph.order()) {
            List<Object> key = new ArrayList<>();
            int pair = first ? (toB[n] == NONE ? NONE : n) : toA[n];
            if (pair == NONE) {
                key.add(graph.node(n).signature());
                for (Operand o : graph.node(n).operands()) {
                    key.add(made[o.node()]);
                    key.add(o.result());
                }
            } else {
                key.add("pair");
                key.add(pair);
            }
            made[n] = hash(key);
        }
        return made;
    }

    /** What becomes of each node's results. */
    private int[] used(ComparedGraph graph) {
        int[] used = new int[graph.nodes().size()];
        Map<Integer, List<String>> outputs = new HashMap<>();
        graph.outputs()
                .forEach((name, n) ->
                        outputs.computeIfAbsent(n, k -> new ArrayList<>()).add(name));
        for (int n : graph.order().reversed()) {
            List<List<Integer>> uses = new ArrayList<>();
            for (Use use : graph.uses(n)) {
                uses.add(List.of(used[use.user()], use.slot(), use.result()));
            }
            uses.sort((x, y) -> Arrays.compare(
                    x.stream().mapToInt(i -> i).toArray(),
                    y.stream().mapToInt(i -> i).toArray()));
            List<Object> key = new ArrayList<>();
            key.add("used");
            key.add(graph.node(n).signature());
            key.add(outputs.getOrDefault(n, List.of()));
            key.add(uses);
            used[n] = hash(key);
        }
        return used;
    }

    /** Matches neighbours of matched nodes: what they read at one slot, and those that read them at one slot. */
    private void grow(BiPredicate<Node, Node> fits) {
        matched.clear();
        for (int n = 0; n < toB.length; n++) {
            if (toB[n] != NONE) {
                matched.add(n);
            }
        }
        while (!matched.isEmpty()) {
            int n = matched.remove();
            operands(n, toB[n], fits);
            users(n, toB[n], fits);
        }
    }

    private void operands(int inA, int inB, BiPredicate<Node, Node> fits) {
        List<Operand> readA = a.node(inA).operands();
        List<Operand> readB = b.node(inB).operands();
        for (int slot = 0; slot < Math.min(readA.size(), readB.size()); slot++) {
            offer(readA.get(slot).node(), readB.get(slot).node(), fits);
        }
    }

    private void users(int inA, int inB, BiPredicate<Node, Node> fits) {
        for (Use use : a.uses(inA)) {
            for (Use other : b.uses(inB)) {
                if (use.slot() == other.slot() && use.result() == other.result()) {
                    offer(use.user(), other.user(), fits);
                }
            }
        }
    }

    private void offer(int inA, int inB, BiPredicate<Node, Node> fits) {
        if (toB[inA] == NONE && toA[inB] == NONE && fits.test(a.node(inA), b.node(inB))) {
            set(inA, inB);
        }
    }
}
