package heddle.compiler.backend.tornado;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Stored;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** How elements are stored: in arrays of TornadoVM, in local memory, in variables. */
public enum Storage {
    FLOAT(Stored.F32, "float"),
    DOUBLE(Stored.F64, "double"),
    LONG(Stored.I64, "long"),
    INT(Stored.I32, "int"),
    /** One byte in arrays, 0 or 1. */
    BOOLEAN(Stored.BOOL, "byte"),
    /** The bits of a float: TornadoVM's own half floats are for devices that compute in sixteen bits. */
    F16(Stored.F16, "short"),
    /** The bits of a float. */
    BF16(Stored.BF16, "short"),
    I8(Stored.I8, "byte"),
    /** A byte holds two neighbours. */
    I4(Stored.I4, "byte");

    private final Stored stored;
    private final String element;

    Storage(Stored stored, String element) {
        this.stored = stored;
        this.element = element;
    }

    /** How a buffer is stored. */
    public static Storage of(Stored stored) {
        return Arrays.stream(values())
                .filter(s -> s.stored == stored)
                .findFirst()
                .orElseThrow();
    }

    /** How values are held by a thread: sixteen-bit floats as floats, which are rounded to their format when they are stored. */
    public static Storage of(DType type) {
        return of(Stored.of(type));
    }

    /** The Java type of a value. */
    public String variable() {
        return stored.isPacked() ? FLOAT.variable() : name().toLowerCase(Locale.ROOT);
    }

    /** The class of arrays in global memory. */
    public String array() {
        return called() + "Array";
    }

    /** Whether elements are the bits of floats. */
    boolean isBits() {
        return stored.isPacked() && !stored.isQuantised();
    }

    /** The Java type of one element of an array, in global and in local memory. */
    public String element() {
        return element;
    }

    /** What TornadoVM calls arrays of such elements. */
    private String called() {
        return Character.toUpperCase(element.charAt(0)) + element.substring(1);
    }

    /** An array in local memory. */
    String allocate(long elements) {
        return "context.allocate" + called() + "LocalArray(" + elements + ")";
    }

    /** The elements of an array that holds so many values. */
    public Dim elements(Dim values) {
        return this == I4 ? stored.bytes(values) : values;
    }

    /** Bytes of an element of an array. */
    public int bytes() {
        return (int) stored.bytes(1);
    }

    /**
     * The value of an element.
     *
     * @param array    reads one of an array, at a position
     * @param position of the element
     */
    String loaded(UnaryOperator<String> array, String position, ScalarFunctions functions) {
        return switch (this) {
            case BOOLEAN -> array.apply(position) + " != 0";
            case F16 -> functions.call(DeviceFunction.F16_OF_BITS, array.apply(position));
            case BF16 -> functions.call(DeviceFunction.BF16_OF_BITS, array.apply(position));
            case I8 -> "(float) " + array.apply(position);
            case I4 -> functions.call(DeviceFunction.I4_OF_BITS, array.apply("(" + position + ") / 2"), position);
            default -> array.apply(position);
        };
    }

    /** A value as an element to write. */
    String stored(String value) {
        return switch (this) {
            case BOOLEAN -> "(byte) ((" + value + ") ? 1 : 0)";
            case I8 -> "(byte) (int) (" + value + ")";
            case F16, BF16, I4 -> throw new IllegalStateException("values are not stored as " + stored.text());
            case FLOAT, DOUBLE, LONG, INT -> value;
        };
    }
}
