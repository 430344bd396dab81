package heddle.runtime.onnx;

/** A graph contradicts itself. The message says what is wrong, and where. */
final class MalformedModel extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String remedy;

    MalformedModel(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    /** One that the exporter is to blame for. */
    MalformedModel(String message) {
        this(message, "export the model again; onnx.checker.check_model(FILE) says what else is wrong with it");
    }

    /** What to do about it. */
    String remedy() {
        return remedy;
    }
}
