package heddle.compiler.inspect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where nodes and scopes stand in the scope that they are in: in which row, and at which place of it. Rows follow the longest path
 * from what the scope begins with. They are those of all stages at once, so that what stays does not move from stage to stage.
 * An edge that would close a circle is left out: rewritten graphs may read in another order than written ones.
 */
public final class ScopeRanks {
    private static final int SWEEPS = 4;

    private final GraphHistory history;
    private final ScopeTree tree;
    private final int[] position;
    private final int[] nodeRank;
    private final int[] nodeOrder;
    private final int[] scopeRank;
    private final int[] scopeOrder;

    private ScopeRanks(GraphHistory history, ScopeTree tree) {
        this.history = history;
        this.tree = tree;
        int nodes = history.nodes().size();
        int scopes = tree.scopes().size();
        position = positions(history);
        nodeRank = new int[nodes];
        nodeOrder = new int[nodes];
        scopeRank = new int[scopes];
        scopeOrder = new int[scopes];
    }

    /** The rows of a tree's nodes and scopes. */
    public static ScopeRanks of(GraphHistory history, ScopeTree tree) {
        ScopeRanks ranks = new ScopeRanks(history, tree);
        ranks.rank();
        return ranks;
    }

    /** The row of a node in its scope, from 0. */
    public int rank(HistoryNode node) {
        return nodeRank[node.id()];
    }

    /** The place of a node in its row, from 0. */
    public int order(HistoryNode node) {
        return nodeOrder[node.id()];
    }

    /** The row of a scope in the scope around it. */
    public int rank(NodeScope scope) {
        return scopeRank[scope.id()];
    }

    /** The place of a scope in its row. */
    public int order(NodeScope scope) {
        return scopeOrder[scope.id()];
    }

    /** An order of all nodes in which operands come first, those of the last stages before those of earlier ones. */
    private static int[] positions(GraphHistory history) {
        int count = history.nodes().size();
        int[] position = new int[count];
        Arrays.fill(position, -1);
        BitSet open = new BitSet(count);
        int[] next = {0};
        for (int stage = history.stages().size() - 1; stage >= 0; stage--) {
            for (var node : history.stages().get(stage).graph().nodes()) {
                visit(history, history.find(node).orElseThrow().id(), position, open, next);
            }
        }
        return position;
    }

    private record Visit(int node, List<Integer> operands, int[] at) {
        static Visit of(GraphHistory history, int node) {
            List<Integer> operands = new ArrayList<>();
            for (HistoryNode.Version v : history.nodes().get(node).versions().reversed()) {
                v.operands().forEach(o -> operands.add(o.node()));
            }
            return new Visit(node, operands, new int[] {0});
        }
    }

    private static void visit(GraphHistory history, int start, int[] position, BitSet open, int[] next) {
        if (position[start] >= 0) {
            return;
        }
        List<Visit> stack = new ArrayList<>(List.of(Visit.of(history, start)));
        open.set(start);
        while (!stack.isEmpty()) {
            Visit visit = stack.getLast();
            if (visit.at[0] == visit.operands.size()) {
                position[visit.node] = next[0]++;
                stack.removeLast();
                continue;
            }
            int operand = visit.operands.get(visit.at[0]++);
            if (position[operand] < 0 && !open.get(operand)) {
                open.set(operand);
                stack.add(Visit.of(history, operand));
            }
        }
    }

    /** What stands in a row: a node, or a scope as a whole. */
    private record Item(boolean isScope, int id) {}

    private void rank() {
        Map<NodeScope, List<int[]>> edges = new HashMap<>();
        for (HistoryNode node : history.nodes()) {
            for (HistoryNode.Version v : node.versions()) {
                v.operands()
                        .forEach(o -> meeting(o.node(), node.id())
                                .ifPresent(s -> edges.computeIfAbsent(s, k -> new ArrayList<>())
                                        .add(new int[] {o.node(), node.id()})));
            }
        }
        tree.scopes().forEach(scope -> new Rows(scope, edges.getOrDefault(scope, List.of())).place());
    }

    /** The smallest scope that both nodes are in, unless one of them is a port. */
    private Optional<NodeScope> meeting(int from, int to) {
        if (history.nodes().get(from).isPort()) {
            return Optional.empty();
        }
        Set<NodeScope> around = new HashSet<>();
        for (Optional<NodeScope> s = Optional.of(tree.of(from));
                s.isPresent();
                s = s.get().parent()) {
            around.add(s.get());
        }
        NodeScope s = tree.of(to);
        while (!around.contains(s)) {
            s = s.parent().orElseThrow();
        }
        return Optional.of(s);
    }

    /** The child of {@code scope} that a node is in. */
    private Item in(NodeScope scope, int node) {
        NodeScope inner = null;
        for (NodeScope s = tree.of(node); s != scope; s = s.parent().orElseThrow()) {
            inner = s;
        }
        return inner == null ? new Item(false, node) : new Item(true, inner.id());
    }

    /** The rows of one scope. */
    private final class Rows {
        private final List<Item> items = new ArrayList<>();
        private final Map<Item, Integer> numbers = new HashMap<>();
        private final List<Set<Integer>> above = new ArrayList<>();
        private final List<Set<Integer>> below = new ArrayList<>();
        private final int[] rank;
        private final List<List<Integer>> rows = new ArrayList<>();

        Rows(NodeScope scope, List<int[]> edges) {
            scope.nodes().forEach(n -> items.add(new Item(false, n)));
            scope.children().forEach(s -> items.add(new Item(true, s.id())));
            items.sort(Comparator.comparingInt(this::first));
            for (Item item : items) {
                numbers.put(item, numbers.size());
                above.add(new HashSet<>());
                below.add(new HashSet<>());
            }
            for (int[] edge : edges) {
                int from = numbers.get(in(scope, edge[0]));
                int to = numbers.get(in(scope, edge[1]));
                if (from < to) {
                    above.get(to).add(from);
                    below.get(from).add(to);
                }
            }
            rank = new int[items.size()];
        }

        /** The position of an item's first node. */
        private int first(Item item) {
            if (!item.isScope) {
                return position[item.id];
            }
            NodeScope scope = tree.scopes().get(item.id);
            int least = Integer.MAX_VALUE;
            for (int node : scope.nodes()) {
                least = history.nodes().get(node).isPort() ? least : Math.min(least, position[node]);
            }
            for (NodeScope child : scope.children()) {
                least = Math.min(least, first(new Item(true, child.id())));
            }
            return least;
        }

        void place() {
            for (int n = 0; n < rank.length; n++) {
                for (int from : above.get(n)) {
                    rank[n] = Math.max(rank[n], rank[from] + 1);
                }
            }
            for (int n = rank.length - 1; n >= 0; n--) {
                int lowest = below.get(n).stream().mapToInt(m -> rank[m]).min().orElse(rank[n] + 1);
                rank[n] = above.get(n).isEmpty() ? Math.max(0, lowest - 1) : rank[n];
            }
            for (int n = 0; n < rank.length; n++) {
                while (rows.size() <= rank[n]) {
                    rows.add(new ArrayList<>());
                }
                rows.get(rank[n]).add(n);
            }
            sort();
            for (List<Integer> row : rows) {
                for (int at = 0; at < row.size(); at++) {
                    set(items.get(row.get(at)), rank[row.get(at)], at);
                }
            }
        }

        private void set(Item item, int row, int at) {
            (item.isScope ? scopeRank : nodeRank)[item.id] = row;
            (item.isScope ? scopeOrder : nodeOrder)[item.id] = at;
        }

        /** Few crossings: by the mean place of neighbours, down and up in turn. */
        private void sort() {
            double[] place = new double[items.size()];
            rows.forEach(row -> number(row, place));
            for (int sweep = 0; sweep < SWEEPS; sweep++) {
                List<Set<Integer>> neighbours = sweep % 2 == 0 ? above : below;
                for (List<Integer> row : sweep % 2 == 0 ? rows : rows.reversed()) {
                    double[] wanted = new double[items.size()];
                    for (int n : row) {
                        wanted[n] = neighbours.get(n).stream()
                                .mapToDouble(m -> place[m])
                                .average()
                                .orElse(place[n]);
                    }
                    row.sort(Comparator.comparingDouble((Integer n) -> wanted[n]));
                    number(row, place);
                }
            }
        }

        /** Places in a row lie around zero, so that the middle of one row is the middle of the next. */
        private void number(List<Integer> row, double[] place) {
            for (int at = 0; at < row.size(); at++) {
                place[row.get(at)] = at - (row.size() - 1) / 2.0;
            }
        }
    }
}
