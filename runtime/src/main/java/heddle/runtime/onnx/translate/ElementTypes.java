package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.runtime.onnx.OnnxElements;
import java.util.Optional;

/** The language's element types for those of ONNX. */
public final class ElementTypes {
    private ElementTypes() {}

    /** The type that holds all numbers of ONNX's type; empty for texts, complex numbers and floats of eight bits and less. */
    public static Optional<DType> of(int onnxType) {
        return OnnxElements.dtype(onnxType);
    }

    /** @throws UnsupportedNode when the language has none */
    public static DType required(int onnxType) {
        return of(onnxType).orElseThrow(() -> new UnsupportedNode("the element type " + name(onnxType)));
    }

    /** ONNX's name of a type. */
    public static String name(int onnxType) {
        return OnnxElements.name(onnxType);
    }
}
