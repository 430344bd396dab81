package heddle.compiler.ir;

import heddle.compiler.type.TensorType;
import java.util.List;

/** An operation in a graph. Nodes are equal only to themselves; the graph knows their operands. */
public final class Node {
    private final int id;
    private final Op op;
    private final List<TensorType> results;
    private final Origin origin;

    Node(int id, Op op, List<TensorType> results, Origin origin) {
        this.id = id;
        this.op = op;
        this.results = List.copyOf(results);
        this.origin = origin;
    }

    /** Position in the graph's order, unique in the graph. */
    public int id() {
        return id;
    }

    public Op op() {
        return op;
    }

    public List<TensorType> results() {
        return results;
    }

    public Origin origin() {
        return origin;
    }

    /** Its name in the graph, {@code layer.3/attention:contract#1}. It stays the same when others are added or removed. */
    public String path() {
        return origin.path();
    }

    /** The first result. */
    public Value value() {
        return new Value(this, 0);
    }

    /** The type of the first result. */
    public TensorType type() {
        return results.getFirst();
    }

    @Override
    public String toString() {
        return "%" + id + " = " + op.name();
    }
}
