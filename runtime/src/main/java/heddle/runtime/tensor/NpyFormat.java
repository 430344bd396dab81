package heddle.runtime.tensor;

import heddle.compiler.type.DType;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/**
 * An element format of an {@code .npy} file, and the type that its elements are read as. This is the smallest type that
 * holds them all, so {@code u1} is read as {@code i32}.
 *
 * @param kind  {@code f}, {@code i}, {@code u} or {@code b}
 * @param width bytes an element
 */
record NpyFormat(char kind, int width, DType dtype, ByteOrder order) {
    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("f2", DType.F16),
            Map.entry("f4", DType.F32),
            Map.entry("f8", DType.F64),
            Map.entry("i1", DType.I32),
            Map.entry("i2", DType.I32),
            Map.entry("i4", DType.I32),
            Map.entry("i8", DType.I64),
            Map.entry("u1", DType.I32),
            Map.entry("u2", DType.I32),
            Map.entry("u4", DType.I64),
            Map.entry("b1", DType.BOOL));

    /** The format a {@code descr} names, or empty when it is none that Heddle reads. */
    static Optional<NpyFormat> named(String descr) {
        if (descr.length() != 3 || "<>=|".indexOf(descr.charAt(0)) < 0) {
            return Optional.empty();
        }
        ByteOrder order = switch (descr.charAt(0)) {
            case '>' -> ByteOrder.BIG_ENDIAN;
            case '<' -> ByteOrder.LITTLE_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
        return Optional.ofNullable(TYPES.get(descr.substring(1)))
                .map(t -> new NpyFormat(descr.charAt(1), descr.charAt(2) - '0', t, order));
    }

    /** How a tensor of this type is written: {@code <f4}. There is no bfloat16 in the format, so it becomes f32. */
    static String descr(DType dtype) {
        return switch (dtype) {
            case F32, BF16 -> "<f4";
            case F64 -> "<f8";
            case F16 -> "<f2";
            case I32 -> "<i4";
            case I64 -> "<i8";
            case BOOL -> "|b1";
        };
    }

    /** What NumPy calls the type of the file's elements: {@code uint8}. */
    String numpy() {
        return switch (kind) {
            case 'b' -> "bool";
            case 'f' -> "float" + 8 * width;
            case 'u' -> "uint" + 8 * width;
            default -> "int" + 8 * width;
        };
    }

    /** Whether the file's elements have the bytes of the type they are read as. */
    boolean isDirect() {
        return width == dtype.bytes() && kind != 'u';
    }
}
