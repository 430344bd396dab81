package heddle.compiler.inspect;

import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A call or a loop iteration, with the nodes and the calls in it. */
public final class NodeScope {
    private final int id;
    private final Optional<NodeScope> parent;
    private final String path;
    private final String name;
    private final List<Span> sites;
    private final List<Integer> nodes = new ArrayList<>();
    private final List<NodeScope> children = new ArrayList<>();
    private int like;

    NodeScope(int id, Optional<NodeScope> parent, String path, String name, List<Span> sites) {
        this.id = id;
        this.parent = parent;
        this.path = path;
        this.name = name;
        this.sites = List.copyOf(sites);
        this.like = id;
        parent.ifPresent(p -> p.children.add(this));
    }

    void add(int node) {
        nodes.add(node);
    }

    void isLike(NodeScope other) {
        like = other.id;
    }

    /** Its number among all scopes; the whole model is 0. */
    public int id() {
        return id;
    }

    /** The scope that it stands in; empty for the whole model. */
    public Optional<NodeScope> parent() {
        return parent;
    }

    /** Its name among all, {@code layer.3/linear#2} for the second call of {@code linear} there. */
    public String path() {
        return path;
    }

    /** The function, with the iteration when it is called in a loop: {@code layer.3}. */
    public String name() {
        return name;
    }

    /** The call, and the loops around it that stand in the same scope, innermost first. */
    public List<Span> sites() {
        return sites;
    }

    /** The nodes that are in no smaller scope, by number. */
    public List<Integer> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    public List<NodeScope> children() {
        return Collections.unmodifiableList(children);
    }

    /** The number of the first scope that has equal contents at each stage; its own when it is that. */
    public int like() {
        return like;
    }
}
