package heddle.runtime.onnx.source;

import heddle.compiler.type.TensorType;

/**
 * A tensor that the model names: an input, or what a definition computes. Two values are the same only if they are one object.
 */
public final class Value {
    private final String name;
    private final TensorType type;

    /** @param name as the ONNX file has it, from which the name in the source is made; it may be any text */
    public Value(String name, TensorType type) {
        this.name = name;
        this.type = type;
    }

    public String name() {
        return name;
    }

    public TensorType type() {
        return type;
    }

    @Override
    public String toString() {
        return name + ": " + type;
    }
}
