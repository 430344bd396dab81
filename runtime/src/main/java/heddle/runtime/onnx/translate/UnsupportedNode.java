package heddle.runtime.onnx.translate;

/** A node has no translation. The message says what of it is not known, without its name. */
public final class UnsupportedNode extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnsupportedNode(String message) {
        super(message);
    }
}
