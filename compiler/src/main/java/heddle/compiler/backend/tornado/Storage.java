package heddle.compiler.backend.tornado;

import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;

/** How elements are stored: in arrays of TornadoVM, in local memory, in variables. */
public enum Storage {
    /** Sixteen-bit floats too, which are rounded to their format when they are stored. */
    FLOAT("float", "FloatArray", "Float", "0f"),
    DOUBLE("double", "DoubleArray", "Double", "0.0"),
    LONG("long", "LongArray", "Long", "0L"),
    INT("int", "IntArray", "Int", "0"),
    /** One byte in arrays, 0 or 1. */
    BOOLEAN("boolean", "ByteArray", "Byte", "false");

    private final String variable;
    private final String array;
    private final String local;
    private final String zero;

    Storage(String variable, String array, String local, String zero) {
        this.variable = variable;
        this.array = array;
        this.local = local;
        this.zero = zero;
    }

    public static Storage of(DType type) {
        return switch (Precision.computed(type)) {
            case F32 -> FLOAT;
            case F64 -> DOUBLE;
            case I64 -> LONG;
            case I32 -> INT;
            case BOOL -> BOOLEAN;
            case F16, BF16 -> throw new AssertionError(type);
        };
    }

    /** The Java type of a value. */
    public String variable() {
        return variable;
    }

    /** The class of arrays in global memory. */
    public String array() {
        return array;
    }

    String zero() {
        return zero;
    }

    /** The Java type of one element of an array, in global and in local memory. */
    public String element() {
        return this == BOOLEAN ? "byte" : variable;
    }

    /** An array in local memory. */
    String allocate(long elements) {
        return "context.allocate" + local + "LocalArray(" + elements + ")";
    }

    public int bytes() {
        return switch (this) {
            case FLOAT, INT -> 4;
            case DOUBLE, LONG -> 8;
            case BOOLEAN -> 1;
        };
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
