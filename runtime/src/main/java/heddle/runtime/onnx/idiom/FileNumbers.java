package heddle.runtime.onnx.idiom;

import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.runtime.onnx.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The elements of small tensors that lie in the file itself. */
final class FileNumbers {
    /** More axes than any list of them has. */
    private static final int MOST = 16;

    private FileNumbers() {}

    /** The first element; empty for types that constants of idioms do not have. */
    static Optional<Double> first(OnnxTensor tensor) {
        TensorProto proto = tensor.proto();
        Optional<ByteBuffer> raw = raw(proto);
        if (raw.isPresent()) {
            return raw.get().remaining() < bytes(tensor.onnxType())
                    ? Optional.empty()
                    : read(raw.get(), tensor.onnxType());
        }
        return switch (tensor.onnxType()) {
            case 1 -> first(proto.getFloatDataList(), Number::doubleValue);
            case 2, 3, 4, 5, 6, 9 -> first(proto.getInt32DataList(), Number::doubleValue);
            case 7 -> first(proto.getInt64DataList(), Number::doubleValue);
            case 10 -> first(proto.getInt32DataList(), bits -> (double) Float.float16ToFloat(bits.shortValue()));
            case 11 -> first(proto.getDoubleDataList(), Number::doubleValue);
            case 16 -> first(proto.getInt32DataList(), bits -> (double) Float.intBitsToFloat(bits << 16));
            default -> Optional.empty();
        };
    }

    private static <T> Optional<Double> first(List<T> list, java.util.function.Function<T, Double> number) {
        return list.stream().findFirst().map(number);
    }

    private static Optional<ByteBuffer> raw(TensorProto proto) {
        return proto.getRawData().isEmpty()
                ? Optional.empty()
                : Optional.of(proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static int bytes(int onnxType) {
        return switch (onnxType) {
            case 7, 11 -> 8;
            case 4, 5, 10, 16 -> 2;
            case 2, 3, 9 -> 1;
            default -> 4;
        };
    }

    private static Optional<Double> read(ByteBuffer raw, int onnxType) {
        return switch (onnxType) {
            case 1 -> Optional.of((double) raw.getFloat());
            case 2, 9 -> Optional.of((double) (raw.get() & 0xff));
            case 3 -> Optional.of((double) raw.get());
            case 4 -> Optional.of((double) (raw.getShort() & 0xffff));
            case 5 -> Optional.of((double) raw.getShort());
            case 6 -> Optional.of((double) raw.getInt());
            case 7 -> Optional.of((double) raw.getLong());
            case 10 -> Optional.of((double) Float.float16ToFloat(raw.getShort()));
            case 11 -> Optional.of(raw.getDouble());
            case 16 -> Optional.of((double) Float.intBitsToFloat(raw.getShort() << 16));
            default -> Optional.empty();
        };
    }

    /** All elements of a tensor of {@code int64} with one axis or none. */
    static Optional<List<Long>> wholes(OnnxTensor tensor) {
        long count = tensor.shape().stream().reduce(1L, (a, b) -> a * b);
        if (tensor.onnxType() != 7 || tensor.shape().size() > 1 || count > MOST) {
            return Optional.empty();
        }
        List<Long> wholes = new ArrayList<>(tensor.proto().getInt64DataList());
        raw(tensor.proto()).ifPresent(raw -> {
            while (raw.remaining() >= Long.BYTES) {
                wholes.add(raw.getLong());
            }
        });
        return wholes.size() == count ? Optional.of(wholes) : Optional.empty();
    }
}
