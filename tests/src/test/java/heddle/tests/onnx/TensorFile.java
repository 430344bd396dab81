package heddle.tests.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.compiler.type.DType;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Tensors as protocol buffers: in a file of its own, as the test data beside ONNX models is. */
final class TensorFile {
    private TensorFile() {}

    /** Empty where it is no tensor, or of a type that neither numbers of Java nor bools hold. */
    static Optional<Tensor> read(Path file) throws IOException {
        TensorProto proto = TensorProto.parseFrom(Files.readAllBytes(file));
        return dtype(proto.getDataType()).map(dtype -> {
            long[] shape =
                    proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
            int size = 1;
            for (long length : shape) {
                size *= Math.toIntExact(length);
            }
            Object elements = Tensor.newStorage(dtype, size);
            ByteBuffer raw = proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < size; i++) {
                put(elements, i, proto.hasRawData() ? next(raw, proto.getDataType()) : field(proto, i));
            }
            return Tensor.wrap(dtype, shape, elements);
        });
    }

    /** A tensor of whole numbers, bools or f32 as an initialiser. */
    static TensorProto write(String name, int type, Tensor tensor) {
        TensorProto.Builder proto = TensorProto.newBuilder().setName(name).setDataType(type);
        for (long length : tensor.shape()) {
            proto.addDims(length);
        }
        for (int i = 0; i < tensor.size(); i++) {
            if (type == TensorProto.DataType.FLOAT_VALUE) {
                proto.addFloatData(tensor.floats()[i]);
            } else if (type == TensorProto.DataType.INT64_VALUE) {
                proto.addInt64Data(tensor.longs()[i]);
            } else if (type == TensorProto.DataType.UINT32_VALUE) {
                proto.addUint64Data(tensor.longs()[i]);
            } else {
                proto.addInt32Data((int) tensor.element(i));
            }
        }
        return proto.build();
    }

    private static Optional<DType> dtype(int type) {
        TensorProto.DataType known = TensorProto.DataType.forNumber(type);
        return Optional.ofNullable(
                switch (known == null ? TensorProto.DataType.UNDEFINED : known) {
                    case FLOAT -> DType.F32;
                    case DOUBLE -> DType.F64;
                    case FLOAT16 -> DType.F16;
                    case INT64, UINT32 -> DType.I64;
                    case INT32, INT16, INT8, UINT8, UINT16 -> DType.I32;
                    case BOOL -> DType.BOOL;
                    default -> null;
                });
    }

    private static void put(Object elements, int i, Number value) {
        switch (elements) {
            case float[] a -> a[i] = value.floatValue();
            case double[] a -> a[i] = value.doubleValue();
            case long[] a -> a[i] = value.longValue();
            case int[] a -> a[i] = value.intValue();
            case boolean[] a -> a[i] = value.intValue() != 0;
            default -> throw new AssertionError(elements.getClass());
        }
    }

    private static Number next(ByteBuffer raw, int type) {
        return switch (TensorProto.DataType.forNumber(type)) {
            case FLOAT -> raw.getFloat();
            case DOUBLE -> raw.getDouble();
            case FLOAT16 -> Float.float16ToFloat(raw.getShort());
            case INT64 -> raw.getLong();
            case UINT32 -> Integer.toUnsignedLong(raw.getInt());
            case INT32 -> raw.getInt();
            case INT16 -> raw.getShort();
            case UINT16 -> Short.toUnsignedInt(raw.getShort());
            case UINT8 -> Byte.toUnsignedInt(raw.get());
            default -> raw.get();
        };
    }

    private static Number field(TensorProto proto, int i) {
        return switch (TensorProto.DataType.forNumber(proto.getDataType())) {
            case FLOAT -> proto.getFloatData(i);
            case DOUBLE -> proto.getDoubleData(i);
            case FLOAT16 -> Float.float16ToFloat((short) proto.getInt32Data(i));
            case INT64 -> proto.getInt64Data(i);
            case UINT32 -> proto.getUint64Data(i);
            default -> proto.getInt32Data(i);
        };
    }
}
