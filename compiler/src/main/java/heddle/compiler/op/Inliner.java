package heddle.compiler.op;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.scalar.ScalarExpr;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes elements of values as scalar expressions. It follows pointwise operations to the leaves: values that are in
 * buffers, or values that the caller names. On the way, views, broadcasts and gathers become address arithmetic, and
 * elementwise operations become functions.
 */
public final class Inliner {
    /** Where inlining ends. */
    @FunctionalInterface
    public interface Leaf {
        /** The element of {@code value} at canonical index expressions, or empty to continue with its operands. */
        Optional<ScalarExpr> at(Value value, List<ScalarExpr> index);
    }

    private record Key(Value value, List<ScalarExpr> index) {}

    private final Graph graph;
    private final Leaf leaf;
    private final Map<Key, ScalarExpr> done = new HashMap<>();

    public Inliner(Graph graph, Leaf leaf) {
        this.graph = graph;
        this.leaf = leaf;
    }

    /**
     * The element of {@code value} at {@code index}.
     *
     * @throws IllegalStateException when it depends on an operation that is neither pointwise nor a leaf
     */
    public ScalarExpr at(Value value, List<ScalarExpr> index) {
        return IndexSimplifier.simplify(element(value, index));
    }

    private ScalarExpr element(Value value, List<ScalarExpr> index) {
        Key key = new Key(value, index.stream().map(IndexSimplifier::simplify).toList());
        ScalarExpr known = done.get(key);
        if (known == null) {
            known = leaf.at(value, key.index).orElseGet(() -> computed(key));
            done.put(key, known);
        }
        return known;
    }

    private ScalarExpr computed(Key key) {
        Node node = key.value.node();
        if (node.op() instanceof Pointwise op) {
            return op.at(key.index, new NodeOperands(graph, node, this::element));
        }
        throw new IllegalStateException(node + " has no element of its own");
    }
}
