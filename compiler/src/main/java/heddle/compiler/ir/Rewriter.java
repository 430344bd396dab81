package heddle.compiler.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Makes a new graph from an old one. It visits the old nodes in order. For each one it adds a copy or a replacement,
 * and looks operands up in a map from old values to new ones.
 */
public final class Rewriter {
    /** Decides what replaces a node of the old graph. */
    @FunctionalInterface
    public interface Rule {
        /**
         * The values that stand for the node's results, one for each; empty when it is to be copied.
         *
         * @param node     a node of the old graph
         * @param operands its operands in the new graph
         * @param out      the new graph so far
         */
        Optional<List<Value>> replace(Node node, List<Value> operands, Graph.Builder out);
    }

    private final Graph source;
    private final Graph.Builder out;
    private final List<List<Value>> replaced;

    /** A rewriter that has not looked at any node. */
    public Rewriter(Graph source) {
        this.source = source;
        this.out = new Graph.Builder(source.name());
        this.replaced = new ArrayList<>(source.nodes().size());
        source.nodes().forEach(n -> replaced.add(List.of()));
    }

    /** {@code source} with every node put through {@code rule}. */
    public static Graph rewrite(Graph source, Rule rule) {
        Rewriter r = new Rewriter(source);
        for (Node node : source.nodes()) {
            rule.replace(node, r.operands(node), r.out)
                    .ifPresentOrElse(values -> r.replace(node, values), () -> r.copy(node));
        }
        return r.finish();
    }

    /**
     * {@code source} with the nodes replaced for which {@code rule} has a value of the new graph; {@code source} itself
     * when there are none.
     */
    public static Graph replace(Graph source, BiFunction<Node, Rewriter, Optional<Value>> rule) {
        Rewriter r = new Rewriter(source);
        boolean changed = false;
        for (Node node : source.nodes()) {
            Optional<Value> value = rule.apply(node, r);
            value.ifPresentOrElse(v -> r.replace(node, List.of(v)), () -> r.copy(node));
            changed |= value.isPresent();
        }
        return changed ? r.finish() : source;
    }

    /** {@code source} with those outputs alone whose names are wanted; all nodes stay. */
    public static Graph withOutputs(Graph source, Predicate<String> wanted) {
        Rewriter r = new Rewriter(source);
        source.nodes().forEach(r::copy);
        source.outputs().forEach((name, value) -> {
            if (wanted.test(name)) {
                r.out.output(name, r.get(value));
            }
        });
        return r.out.build();
    }

    /** All results of a node. */
    public static List<Value> results(Node node) {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < node.results().size(); i++) {
            values.add(new Value(node, i));
        }
        return values;
    }

    /** The new graph, to add nodes to. */
    public Graph.Builder out() {
        return out;
    }

    /** The new value for a value of the old graph. @throws IllegalStateException when it was left out */
    public Value get(Value old) {
        List<Value> values = replaced.get(old.node().id());
        if (values.isEmpty()) {
            throw new IllegalStateException(old + " of " + source.name() + " was left out but is read");
        }
        return values.get(old.index());
    }

    /** Whether there are new values for an old node. */
    public boolean has(Node old) {
        return !replaced.get(old.id()).isEmpty();
    }

    /** The new value for a value of the old graph, which is copied with all that it needs when it has none yet. */
    public Value getOrCopy(Value old) {
        if (!has(old.node())) {
            source.operands(old.node()).forEach(this::getOrCopy);
            copy(old.node());
        }
        return get(old);
    }

    /** The operands of an old node in the new graph. */
    public List<Value> operands(Node old) {
        return source.operands(old).stream().map(this::get).toList();
    }

    /** Copies an old node. */
    public Node copy(Node old) {
        Node node = out.copy(old, source.operands(old), operands(old));
        replace(old, results(node));
        return node;
    }

    /** Lets new values stand for an old node's results, one for each. */
    public void replace(Node old, List<Value> values) {
        if (values.size() != old.results().size()) {
            throw new IllegalArgumentException(values.size() + " values for " + old);
        }
        replaced.set(old.id(), List.copyOf(values));
    }

    /** The new graph, with the old one's outputs. */
    public Graph finish() {
        source.outputs().forEach((name, value) -> out.output(name, get(value)));
        return out.build();
    }
}
