package heddle.runtime.onnx.translate;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import heddle.compiler.type.DType;
import java.util.Optional;

/** The language's element types for those of ONNX. */
public final class ElementTypes {
    private ElementTypes() {}

    /** The type that holds all numbers of ONNX's type; empty for texts, complex numbers and floats of eight bits and less. */
    public static Optional<DType> of(int onnxType) {
        DataType type = DataType.forNumber(onnxType);
        return type == null
                ? Optional.empty()
                : switch (type) {
                    case FLOAT -> Optional.of(DType.F32);
                    case DOUBLE -> Optional.of(DType.F64);
                    case FLOAT16 -> Optional.of(DType.F16);
                    case BFLOAT16 -> Optional.of(DType.BF16);
                    case INT8, UINT8, INT16, UINT16, INT32 -> Optional.of(DType.I32);
                    case UINT32, UINT64, INT64 -> Optional.of(DType.I64);
                    case BOOL -> Optional.of(DType.BOOL);
                    default -> Optional.empty();
                };
    }

    /** @throws UnsupportedNode when the language has none */
    public static DType required(int onnxType) {
        return of(onnxType).orElseThrow(() -> new UnsupportedNode("the element type " + name(onnxType)));
    }

    /** ONNX's name of a type. */
    public static String name(int onnxType) {
        DataType type = DataType.forNumber(onnxType);
        return type == null ? "type " + onnxType : type.name();
    }
}
