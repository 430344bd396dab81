package heddle.runtime.onnx.translate;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known.Element;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tensors of a file: few numbers are written into the model, others are weights. */
public final class Constants {
    /** More floats than a table of the exporter's own has; what is larger was trained. */
    private static final int MOST_FLOATS = 16;

    private Constants() {}

    /**
     * An initialiser, or a constant under the name of its node's result.
     *
     * @throws UnsupportedNode when the language has no such elements
     */
    public static Operand operand(String name, OnnxTensor tensor) {
        DType dtype = ElementTypes.required(tensor.onnxType());
        long size = tensor.shape().stream().reduce(1L, Math::multiplyExact);
        boolean isTrained = dtype.isFloat()
                && size != 1
                && (size > MOST_FLOATS || !tensor.name().isEmpty());
        Optional<Known> known = isTrained ? Optional.empty() : known(tensor);
        return known.map(KnownTerms::operand).orElseGet(() -> weight(name, tensor, dtype));
    }

    private static Operand weight(String name, OnnxTensor tensor, DType dtype) {
        TensorType type = new TensorType(
                dtype,
                Shape.of(tensor.shape().stream().mapToLong(Long::longValue).toArray()));
        return new Operand(new Term.Weight(name, type, Optional.empty()), type, Optional.empty());
    }

    /** The elements, unless they are many, lie in another file or have no type in the language. */
    public static Optional<Known> known(OnnxTensor tensor) {
        Optional<DType> dtype = ElementTypes.of(tensor.onnxType());
        TensorProto proto = tensor.proto();
        if (dtype.isEmpty()
                || !KnownShapes.isSmall(tensor.shape())
                || proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return Optional.empty();
        }
        int count = KnownShapes.product(tensor.shape());
        List<Element> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(element(proto, i, dtype.get()));
        }
        return Optional.of(new Known(dtype.get(), tensor.shape(), elements));
    }

    private static Element element(TensorProto t, int i, DType dtype) {
        return switch (dtype) {
            case BOOL -> new Element.Truth(whole(t, i) != 0);
            case I32, I64 -> new Element.Whole(Dim.of(whole(t, i)));
            case F32, F64, F16, BF16 -> new Element.Fraction(fraction(t, i));
        };
    }

    private static long whole(TensorProto t, int i) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(t.getDataType());
        if (t.hasRawData()) {
            ByteBuffer bytes = bytes(t.getRawData());
            return switch (type) {
                case BOOL, INT8 -> bytes.get(i);
                case UINT8 -> bytes.get(i) & 0xff;
                case INT16 -> bytes.getShort(2 * i);
                case UINT16 -> bytes.getShort(2 * i) & 0xffff;
                case INT32 -> bytes.getInt(4 * i);
                case UINT32 -> bytes.getInt(4 * i) & 0xffffffffL;
                default -> bytes.getLong(8 * i);
            };
        }
        return switch (type) {
            case INT64 -> t.getInt64Data(i);
            case UINT32, UINT64 -> t.getUint64Data(i);
            default -> t.getInt32Data(i);
        };
    }

    private static double fraction(TensorProto t, int i) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(t.getDataType());
        if (t.hasRawData()) {
            ByteBuffer bytes = bytes(t.getRawData());
            return switch (type) {
                case DOUBLE -> bytes.getDouble(8 * i);
                case FLOAT -> bytes.getFloat(4 * i);
                case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
                default -> Float.float16ToFloat(bytes.getShort(2 * i));
            };
        }
        return switch (type) {
            case DOUBLE -> t.getDoubleData(i);
            case FLOAT -> t.getFloatData(i);
            case BFLOAT16 -> Float.intBitsToFloat(t.getInt32Data(i) << 16);
            default -> Float.float16ToFloat((short) t.getInt32Data(i));
        };
    }

    private static ByteBuffer bytes(ByteString raw) {
        return raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
