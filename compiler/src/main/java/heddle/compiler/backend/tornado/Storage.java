package heddle.compiler.backend.tornado;

import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Stored;
import java.util.Arrays;
import java.util.Locale;

/** How elements are stored: in arrays of TornadoVM, in local memory, in variables. */
public enum Storage {
    /** Sixteen-bit floats too, which are rounded to their format when they are stored. */
    FLOAT(DType.F32),
    DOUBLE(DType.F64),
    LONG(DType.I64),
    INT(DType.I32),
    /** One byte in arrays, 0 or 1. */
    BOOLEAN(DType.BOOL);

    private final DType type;

    Storage(DType type) {
        this.type = type;
    }

    public static Storage of(DType type) {
        return Arrays.stream(values())
                .filter(s -> s.type == Precision.computed(type))
                .findFirst()
                .orElseThrow();
    }

    /** The Java type of a value. */
    public String variable() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The class of arrays in global memory. */
    public String array() {
        return called() + "Array";
    }

    /** The Java type of one element of an array, in global and in local memory. */
    public String element() {
        return this == BOOLEAN ? "byte" : variable();
    }

    /** What TornadoVM calls arrays of such elements. */
    private String called() {
        return Character.toUpperCase(element().charAt(0)) + element().substring(1);
    }

    /** An array in local memory. */
    String allocate(long elements) {
        return "context.allocate" + called() + "LocalArray(" + elements + ")";
    }

    /** Bytes that an element of an array takes. */
    public int bytes() {
        return (int) Stored.of(type).bytes(1);
    }

    /** An element that was read as a value. */
    String loaded(String element) {
        return this == BOOLEAN ? element + " != 0" : element;
    }

    /** A value as an element to write. */
    String stored(String value) {
        return this == BOOLEAN ? "(byte) ((" + value + ") ? 1 : 0)" : value;
    }
}
