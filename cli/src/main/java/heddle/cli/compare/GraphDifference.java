package heddle.cli.compare;

import heddle.cli.compare.ComparedGraph.Node;
import heddle.cli.compare.ComparedGraph.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one graph has and another has not.
 *
 * @param pairs   the nodes that are in both, equal or changed, by number in the two reports
 * @param equal   how many of them compute the same from the same
 * @param renamed how many of these have another path or name
 * @param changed those whose attributes or types differ, or that read something else
 * @param added   nodes of the second graph alone
 * @param removed nodes of the first alone
 * @param outputs outputs that only one has, or that are another node's
 */
record GraphDifference(
        Map<Integer, Integer> pairs,
        int equal,
        int renamed,
        List<Changed> changed,
        List<Node> added,
        List<Node> removed,
        List<Output> outputs) {
    private static final int LONGEST = 100;

    /** A node that is in both graphs, and differs. */
    record Changed(Node before, Node now, String what) {}

    /** An output; the sign is {@code +} for one of the second graph alone, {@code -} for the first, {@code ~} for another's. */
    record Output(char sign, String name) {}

    static GraphDifference of(ComparedGraph a, ComparedGraph b) {
        int[] toB = GraphMatching.of(a, b);
        Map<Integer, Integer> pairs = new HashMap<>();
        List<Changed> changed = new ArrayList<>();
        List<Node> removed = new ArrayList<>();
        boolean[] taken = new boolean[b.nodes().size()];
        for (int partner : toB) {
            if (partner >= 0) {
                taken[partner] = true;
            }
        }
        int renamed = 0;
        for (int n = 0; n < toB.length; n++) {
            Node before = a.node(n);
            if (toB[n] < 0) {
                removed.add(before);
                continue;
            }
            Node now = b.node(toB[n]);
            pairs.put(before.id(), now.id());
            String what = change(before, now, toB, taken);
            if (!what.isEmpty()) {
                changed.add(new Changed(before, now, what));
            } else if (isRenamed(before, now)) {
                renamed++;
            }
        }
        List<Node> added = new ArrayList<>();
        for (int n = 0; n < taken.length; n++) {
            if (!taken[n]) {
                added.add(b.node(n));
            }
        }
        int equal = pairs.size() - changed.size();
        return new GraphDifference(pairs, equal, renamed, changed, added, removed, outputs(a, b, toB));
    }

    private static boolean isRenamed(Node before, Node now) {
        return !before.path().equals(now.path())
                || !before.name().equals(now.name())
                || !before.let().equals(now.let());
    }

    /** What differs; empty when nothing does. That an operand is new or gone is told by that operand. */
    private static String change(Node before, Node now, int[] toB, boolean[] taken) {
        if (!before.signature().equals(now.signature())) {
            return only(before, now) + " → " + only(now, before);
        }
        if (before.operands().size() != now.operands().size()) {
            return "number of operands";
        }
        for (int slot = 0; slot < before.operands().size(); slot++) {
            Operand was = before.operands().get(slot);
            Operand is = now.operands().get(slot);
            int partner = toB[was.node()];
            boolean inBoth = partner >= 0 && taken[is.node()];
            if (inBoth && (partner != is.node() || was.result() != is.result())) {
                return "operand " + slot;
            }
        }
        return "";
    }

    /** The attributes and types that one form has and the other has not. */
    private static String only(Node one, Node other) {
        List<String> form = new ArrayList<>(one.form());
        form.removeAll(other.form());
        String text = form.isEmpty() ? "none" : String.join(", ", form);
        return text.length() > LONGEST ? text.substring(0, LONGEST - 1) + "…" : text;
    }

    private static List<Output> outputs(ComparedGraph a, ComparedGraph b, int[] toB) {
        List<Output> differing = new ArrayList<>();
        a.outputs().forEach((name, n) -> {
            Integer now = b.outputs().get(name);
            // An output of a node that is new is told by that node.
            boolean rewired = now != null && toB[n] >= 0 && toB[n] != now;
            if (now == null || rewired) {
                differing.add(new Output(now == null ? '-' : '~', name));
            }
        });
        b.outputs().keySet().stream()
                .filter(name -> !a.outputs().containsKey(name))
                .forEach(name -> differing.add(new Output('+', name)));
        return differing;
    }

    boolean isEmpty() {
        return changed.isEmpty() && added.isEmpty() && removed.isEmpty() && outputs.isEmpty();
    }
}
