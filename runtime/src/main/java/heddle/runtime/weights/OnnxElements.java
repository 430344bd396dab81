package heddle.runtime.weights;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import heddle.compiler.type.DType;
import heddle.runtime.tensor.Bfloat16;
import heddle.runtime.tensor.ElementBytes;
import heddle.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Optional;

/** The elements of an ONNX tensor, either as raw little-endian bytes or in the field for their type. */
final class OnnxElements {
    private OnnxElements() {}

    /** Heddle's type for ONNX's, when it has one. */
    static Optional<DType> dtype(int dataType) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(dataType);
        return type == null
                ? Optional.empty()
                : switch (type) {
                    case FLOAT -> Optional.of(DType.F32);
                    case DOUBLE -> Optional.of(DType.F64);
                    case FLOAT16 -> Optional.of(DType.F16);
                    case BFLOAT16 -> Optional.of(DType.BF16);
                    case INT32 -> Optional.of(DType.I32);
                    case INT64 -> Optional.of(DType.I64);
                    case BOOL -> Optional.of(DType.BOOL);
                    default -> Optional.empty();
                };
    }

    /** ONNX's name of a type. */
    static String name(int dataType) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(dataType);
        return type == null ? "type " + dataType : type.name();
    }

    /** What the elements take in the file. */
    static long bytes(TensorProto t) {
        return t.hasRawData()
                ? t.getRawData().size()
                : 4L * (t.getFloatDataCount() + t.getInt32DataCount())
                        + 8L * (t.getDoubleDataCount() + t.getInt64DataCount() + t.getUint64DataCount());
    }

    /** @throws IllegalArgumentException when there are not {@code count} of them */
    static Object decode(TensorProto t, DType dtype, int count) {
        if (t.hasRawData()) {
            ByteString raw = t.getRawData();
            check(raw.size(), (long) count * dtype.bytes(), "bytes");
            MemorySegment bytes = MemorySegment.ofBuffer(raw.asReadOnlyByteBuffer());
            return ElementBytes.decode(dtype, bytes, count, ByteOrder.LITTLE_ENDIAN);
        }
        check(stored(t, dtype), count, "elements");
        Object array = Tensor.newStorage(dtype, count);
        for (int i = 0; i < count; i++) {
            switch (array) {
                case float[] a ->
                    a[i] = switch (dtype) {
                        case F16 -> Float.float16ToFloat((short) t.getInt32Data(i));
                        case BF16 -> Bfloat16.toFloat((short) t.getInt32Data(i));
                        default -> t.getFloatData(i);
                    };
                case double[] a -> a[i] = t.getDoubleData(i);
                case long[] a -> a[i] = t.getInt64Data(i);
                case int[] a -> a[i] = t.getInt32Data(i);
                case boolean[] a -> a[i] = t.getInt32Data(i) != 0;
                default -> throw new AssertionError(array.getClass());
            }
        }
        return array;
    }

    private static int stored(TensorProto t, DType dtype) {
        return switch (dtype) {
            case F32 -> t.getFloatDataCount();
            case F64 -> t.getDoubleDataCount();
            case I64 -> t.getInt64DataCount();
            case F16, BF16, I32, BOOL -> t.getInt32DataCount();
        };
    }

    private static void check(long found, long wanted, String unit) {
        if (found != wanted) {
            throw new IllegalArgumentException("its shape asks for " + wanted + " " + unit + ", it has " + found);
        }
    }
}
