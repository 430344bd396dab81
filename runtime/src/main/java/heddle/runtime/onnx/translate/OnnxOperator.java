package heddle.runtime.onnx.translate;

/** What an operator means. */
@FunctionalInterface
public interface OnnxOperator {
    /** Defines all results of the node that somebody reads. @throws UnsupportedNode when it cannot */
    void translate(NodeContext node);
}
