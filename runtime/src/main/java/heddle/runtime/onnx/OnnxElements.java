package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.runtime.tensor.Bfloat16;
import heddle.runtime.tensor.ElementBytes;
import heddle.runtime.tensor.ElementCount;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The elements of an ONNX tensor: raw little-endian bytes, those of another file, or the field for their type. Whole numbers that
 * the language has no type for are held in a wider one; unsigned ones of 64 bits from 2^63 on become negative.
 */
public final class OnnxElements {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private OnnxElements() {}

    private static TensorProto.DataType type(int onnxType) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(onnxType);
        return type == null ? TensorProto.DataType.UNDEFINED : type;
    }

    /** The type that elements are read as; empty where they are not read, such as text and floats of eight bits. */
    public static Optional<DType> dtype(int onnxType) {
        return switch (type(onnxType)) {
            case FLOAT -> Optional.of(DType.F32);
            case DOUBLE -> Optional.of(DType.F64);
            case FLOAT16 -> Optional.of(DType.F16);
            case BFLOAT16 -> Optional.of(DType.BF16);
            case INT32, INT8, UINT8, INT16, UINT16, INT4, UINT4 -> Optional.of(DType.I32);
            case INT64, UINT32, UINT64 -> Optional.of(DType.I64);
            case BOOL -> Optional.of(DType.BOOL);
            default -> Optional.empty();
        };
    }

    /** ONNX's name of a type: {@code FLOAT16}. */
    public static String name(int onnxType) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(onnxType);
        return type == null ? "type " + onnxType : type.name();
    }

    /** What the elements take in the file, or in the one beside it. */
    public static long bytes(OnnxTensor t) {
        if (t.isExternal()) {
            double count = t.shape().stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
            return (long) Math.ceil(count * bits(t.onnxType()) / 8);
        }
        TensorProto p = t.proto();
        Optional<MemorySegment> raw = inFile(t);
        return raw.isPresent()
                ? raw.get().byteSize()
                : 4L * (p.getFloatDataCount() + p.getInt32DataCount())
                        + 8L * (p.getDoubleDataCount() + p.getInt64DataCount() + p.getUint64DataCount());
    }

    /**
     * Checks, without reading any, that there is one element for each place of the shape; of elements in another file, that the file is
     * one in the model's folder.
     *
     * @throws MalformedModel when there are more or fewer
     */
    static void check(OnnxTensor t) {
        if (t.isExternal()) {
            t.files().check(t.proto());
        } else if (bits(t.onnxType()) > 0) {
            try {
                int count = ElementCount.of(t.shape());
                if (raw(t, count).isEmpty()) {
                    checkFields(t, count);
                }
            } catch (IllegalArgumentException e) {
                throw new MalformedModel("the tensor " + OnnxName.quoted(t.name()) + ": " + e.getMessage());
            }
        }
    }

    private static long bytes(OnnxTensor t, int count) {
        return Math.ceilDiv((long) count * bits(t.onnxType()), 8);
    }

    private static int bits(int onnxType) {
        return switch (type(onnxType)) {
            case INT4, UINT4 -> 4;
            case INT8, UINT8, BOOL -> 8;
            case INT16, UINT16, FLOAT16, BFLOAT16 -> 16;
            case INT32, UINT32, FLOAT -> 32;
            case INT64, UINT64, DOUBLE -> 64;
            default -> 0;
        };
    }

    /**
     * All elements.
     *
     * @throws IllegalArgumentException when there is not one for each place of the shape, when a Java array does not hold them, or
     *     their type is not read
     * @throws heddle.dsl.diagnostic.DiagnosticException when they lie in another file that cannot be read
     */
    public static Tensor read(OnnxTensor t) {
        DType dtype = dtype(t.onnxType())
                .orElseThrow(
                        () -> new IllegalArgumentException("elements of type " + name(t.onnxType()) + " are not read"));
        int count = ElementCount.of(t.shape());
        long[] shape = t.shape().stream().mapToLong(Long::longValue).toArray();
        Optional<MemorySegment> raw = raw(t, count);
        Stored stored = Stored.packed(dtype);
        if (stored.isPacked()) {
            Object held = raw.map(bytes -> ElementBytes.held(stored, bytes, count, ByteOrder.LITTLE_ENDIAN))
                    .orElseGet(() -> StoredArray.packed((float[]) fromFields(t, dtype, count), stored));
            return Tensor.packed(dtype, shape, stored, held);
        }
        return Tensor.wrap(
                dtype,
                shape,
                raw.map(bytes -> decoded(type(t.onnxType()), dtype, bytes, count))
                        .orElseGet(() -> fromFields(t, dtype, count)));
    }

    /**
     * The shape that the elements have where they are held as whole numbers of few bits for floats; empty where they cannot be.
     * Unsigned ones are shifted down by half their range, so that they fit: by 128 for {@code i8}, by 8 for {@code i4}. A byte may also be
     * two neighbours of four bits, the first one in its lower half, which is how ONNX Runtime packs them.
     */
    public static Optional<List<Long>> quantisedShape(OnnxTensor t, Stored stored) {
        boolean fits = switch (type(t.onnxType())) {
            case INT8 -> stored == Stored.I8;
            case UINT8 -> stored == Stored.I8 || stored == Stored.I4;
            case INT4, UINT4 -> stored == Stored.I4;
            default -> false;
        };
        if (!fits || t.shape().isEmpty()) {
            return Optional.empty();
        }
        List<Long> shape = new ArrayList<>(t.shape());
        if (type(t.onnxType()) == TensorProto.DataType.UINT8 && stored == Stored.I4) {
            shape.add(2 * shape.removeLast());
        }
        return Optional.of(shape);
    }

    /**
     * The elements as whole numbers that are held for floats.
     *
     * @param stored a form that {@link #quantisedShape} says they have
     */
    public static Tensor readQuantised(OnnxTensor t, Stored stored) {
        List<Long> shape = quantisedShape(t, stored).orElseThrow();
        int count = ElementCount.of(shape);
        Object held = raw(t, ElementCount.of(t.shape()))
                .map(bytes -> ElementBytes.held(stored, bytes, count, ByteOrder.LITTLE_ENDIAN))
                .orElseGet(() -> lowBytes(t, (int) bytes(t, ElementCount.of(t.shape()))));
        boolean isUnsigned =
                type(t.onnxType()) == TensorProto.DataType.UINT8 || type(t.onnxType()) == TensorProto.DataType.UINT4;
        if (isUnsigned) {
            flip((byte[]) held, stored == Stored.I4 ? 0x88 : 0x80);
        }
        return Tensor.packed(
                DType.F32, shape.stream().mapToLong(Long::longValue).toArray(), stored, held);
    }

    /** The highest bit of an unsigned number is the sign of the one that is half the range less. */
    private static void flip(byte[] bytes, int mask) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= (byte) mask;
        }
    }

    private static byte[] lowBytes(OnnxTensor t, int count) {
        check(t.proto().getInt32DataCount(), count, "elements");
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) t.proto().getInt32Data(i);
        }
        return bytes;
    }

    private static Optional<MemorySegment> raw(OnnxTensor t, int count) {
        long expected = bytes(t, count);
        if (t.isExternal()) {
            return Optional.of(t.files().bytes(t.proto(), expected));
        }
        Optional<MemorySegment> raw = inFile(t);
        raw.ifPresent(r -> check(r.byteSize(), expected, "bytes"));
        return raw;
    }

    /** The raw bytes of elements that lie in the model's own file; empty for those in another one, or in fields for their type. */
    public static Optional<MemorySegment> inFile(OnnxTensor t) {
        return t.proto().hasRawData()
                ? Optional.of(MemorySegment.ofBuffer(t.proto().getRawData().asReadOnlyByteBuffer()))
                : t.files().inModel(t.proto());
    }

    private static Object decoded(TensorProto.DataType type, DType dtype, MemorySegment bytes, int count) {
        switch (type) {
            case INT8, UINT8, INT16, UINT16, INT4, UINT4 -> {
                int[] wide = new int[count];
                for (int i = 0; i < count; i++) {
                    wide[i] = narrow(type, bytes, i);
                }
                return wide;
            }
            case UINT32 -> {
                long[] wide = new long[count];
                for (int i = 0; i < count; i++) {
                    wide[i] = Integer.toUnsignedLong(bytes.get(INT, 4L * i));
                }
                return wide;
            }
            default -> {
                return ElementBytes.decode(dtype, bytes, count, ByteOrder.LITTLE_ENDIAN);
            }
        }
    }

    private static int narrow(TensorProto.DataType type, MemorySegment bytes, int i) {
        return switch (type) {
            case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, i);
            case UINT8 -> Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, i));
            case INT16 -> bytes.get(SHORT, 2L * i);
            case UINT16 -> Short.toUnsignedInt(bytes.get(SHORT, 2L * i));
            default -> fourBits(type, bytes.get(ValueLayout.JAVA_BYTE, i / 2), i);
        };
    }

    /** The first of two neighbours lies in the lower four bits. */
    private static int fourBits(TensorProto.DataType type, int two, int i) {
        int top = two << 28 - i % 2 * 4;
        return type == TensorProto.DataType.INT4 ? top >> 28 : top >>> 28;
    }

    private static Object fromFields(OnnxTensor t, DType dtype, int count) {
        TensorProto p = t.proto();
        TensorProto.DataType type = type(t.onnxType());
        boolean pairs = bits(t.onnxType()) == 4;
        checkFields(t, count);
        Object array = Tensor.newStorage(dtype, count);
        for (int i = 0; i < count; i++) {
            switch (array) {
                case float[] a -> a[i] = floating(p, dtype, i);
                case double[] a -> a[i] = p.getDoubleData(i);
                case long[] a -> a[i] = type == TensorProto.DataType.INT64 ? p.getInt64Data(i) : p.getUint64Data(i);
                case int[] a -> a[i] = pairs ? fourBits(type, p.getInt32Data(i / 2), i) : p.getInt32Data(i);
                case boolean[] a -> a[i] = p.getInt32Data(i) != 0;
                default -> throw new AssertionError(array.getClass());
            }
        }
        return array;
    }

    private static float floating(TensorProto p, DType dtype, int i) {
        return switch (dtype) {
            case F16 -> Float.float16ToFloat((short) p.getInt32Data(i));
            case BF16 -> Bfloat16.toFloat((short) p.getInt32Data(i));
            default -> p.getFloatData(i);
        };
    }

    private static int stored(TensorProto p, TensorProto.DataType type) {
        return switch (type) {
            case FLOAT -> p.getFloatDataCount();
            case DOUBLE -> p.getDoubleDataCount();
            case INT64 -> p.getInt64DataCount();
            case UINT32, UINT64 -> p.getUint64DataCount();
            default -> p.getInt32DataCount();
        };
    }

    private static void checkFields(OnnxTensor t, int count) {
        int fields = bits(t.onnxType()) == 4 ? Math.ceilDiv(count, 2) : count;
        check(stored(t.proto(), type(t.onnxType())), fields, "elements");
    }

    private static void check(long found, long wanted, String unit) {
        if (found != wanted) {
            throw new IllegalArgumentException("its shape asks for " + wanted + " " + unit + ", it has " + found);
        }
    }
}
