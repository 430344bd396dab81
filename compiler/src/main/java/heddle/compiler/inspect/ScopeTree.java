package heddle.compiler.inspect;

import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Origin;
import heddle.compiler.recompute.Recompute;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The calls and loop iterations of a model as a tree. Nodes of one call are in one scope; two calls of a function are two, also
 * where their nodes share a scope path. What the backward pass adds is in a scope of its own.
 */
public final class ScopeTree {
    private static final String BACKWARD = "backward";

    private record Key(int parent, String name, List<Span> sites) {}

    private final List<NodeScope> scopes = new ArrayList<>();
    private final Map<Key, NodeScope> known = new HashMap<>();
    private final Map<String, Integer> calls = new HashMap<>();
    private final int[] scopeOf;

    private ScopeTree(GraphHistory history) {
        scopes.add(new NodeScope(0, Optional.empty(), "", "", List.of()));
        scopeOf = new int[history.nodes().size()];
        for (HistoryNode node : history.nodes()) {
            NodeScope scope = scope(node, history);
            scope.add(node.id());
            scopeOf[node.id()] = scope.id();
        }
    }

    /** The scopes of a history's nodes, equal ones known as such. */
    public static ScopeTree of(GraphHistory history) {
        ScopeTree tree = new ScopeTree(history);
        new EqualScopes(history, tree).mark();
        return tree;
    }

    /** All scopes, parents before children. The position is the scope's number. */
    public List<NodeScope> scopes() {
        return Collections.unmodifiableList(scopes);
    }

    /** The scope that a node stands in. */
    public NodeScope of(int node) {
        return scopes.get(scopeOf[node]);
    }

    private NodeScope scope(HistoryNode node, GraphHistory history) {
        Origin origin = node.versions().getFirst().node().origin();
        NodeScope scope = scopes.getFirst();
        boolean backward = node.made().isPresent()
                && isBackward(history.stages().get(node.made().get().stage()).name());
        if (backward) {
            scope = child(scope, BACKWARD, List.of());
        }
        if (origin.scope().isEmpty()) {
            return scope;
        }
        String[] segments = origin.scope().split("/", -1);
        List<Span> sites = origin.spans().isEmpty()
                ? List.of()
                : origin.spans().subList(1, origin.spans().size()).reversed();
        int at = 0;
        for (String segment : segments) {
            // A call and the iterations that its name counts, outermost first; an iteration itself has no call.
            int loops = (int) segment.chars().filter(c -> c == '.').count();
            int end = Math.min(sites.size(), at + loops + 1);
            scope = child(scope, segment, sites.subList(Math.min(at, end), end).reversed());
            at = end;
        }
        return scope;
    }

    private static boolean isBackward(String stage) {
        return stage.equals(Differentiate.NAME) || stage.equals(Recompute.NAME);
    }

    private NodeScope child(NodeScope parent, String name, List<Span> sites) {
        return known.computeIfAbsent(new Key(parent.id(), name, List.copyOf(sites)), key -> {
            String plain = parent.path().isEmpty() ? name : parent.path() + "/" + name;
            int call = calls.merge(plain, 1, Integer::sum);
            String path = call == 1 ? plain : plain + "#" + call;
            NodeScope scope = new NodeScope(scopes.size(), Optional.of(parent), path, name, sites);
            scopes.add(scope);
            return scope;
        });
    }
}
