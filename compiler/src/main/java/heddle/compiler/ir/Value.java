package heddle.compiler.ir;

import heddle.compiler.type.TensorType;

/** One result of a node. */
public record Value(Node node, int index) {
    public TensorType type() {
        return node.results().get(index);
    }

    /** {@code %12}, or {@code %12.1} for a result after the first. */
    @Override
    public String toString() {
        return "%" + node.id() + (index == 0 ? "" : "." + index);
    }
}
