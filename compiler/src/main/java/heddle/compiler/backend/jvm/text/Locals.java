package heddle.compiler.backend.jvm.text;

import heddle.compiler.backend.emit.Names;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import java.util.HashMap;
import java.util.Map;

/** The Java names of the parts of a tile program in one method. */
public final class Locals {
    /**
     * A buffer's array and the offset of its first element in it.
     *
     * @param start   where the current block of a tile begins; of other buffers, the offset
     * @param isLocal whether it is memory of a worker, of which any element may be read at any time
     */
    public record Array(String array, String start, String offset, boolean isLocal) {}

    /**
     * A value computed before.
     *
     * @param vector whether it differs from lane to lane and is held in a vector
     */
    public record Value(String name, boolean vector) {}

    private final Names names;
    private final Map<Buffer, Array> arrays = new HashMap<>();
    private final Map<Axis, String> indexes = new HashMap<>();
    private final Map<String, Value> values = new HashMap<>();

    public Locals() {
        this(new Names());
    }

    private Locals(Names names) {
        this.names = names;
    }

    /** The scope of a method that everything here is handed to under the same names. */
    public Locals method() {
        return with(new Names(names));
    }

    /** The scope of a block in this method. Names stay unique in the whole method. */
    public Locals block() {
        return with(names);
    }

    private Locals with(Names innerNames) {
        Locals inner = new Locals(innerNames);
        inner.arrays.putAll(arrays);
        inner.indexes.putAll(indexes);
        inner.values.putAll(values);
        return inner;
    }

    /** A new local variable. */
    public String fresh(String wish) {
        return names.unique(wish);
    }

    /** Declares parameters for a buffer. */
    public Array buffer(Buffer buffer) {
        return arrays.computeIfAbsent(buffer, b -> {
            String name = fresh(b.name());
            String offset = fresh(name + "At");
            return new Array(name, offset, offset, false);
        });
    }

    /** Says where a tile lies. */
    public void tile(PlacedTile tile, String array, String start, String offset) {
        arrays.put(tile.buffer(), new Array(array, start, offset, true));
    }

    public Array array(Buffer buffer) {
        return known(arrays.get(buffer), buffer);
    }

    private static <T> T known(T found, Object of) {
        if (found == null) {
            throw new IllegalStateException("nothing stands for " + of + " here");
        }
        return found;
    }

    /** Says which Java expression, of type {@code long} or {@code int}, is the index along an axis. */
    public void bind(Axis axis, String index) {
        indexes.put(axis, index);
    }

    public boolean hasIndex(Axis axis) {
        return indexes.containsKey(axis);
    }

    public String index(Axis axis) {
        return known(indexes.get(axis), axis);
    }

    /** Says what holds the value that scalar programs read as {@code variable}. */
    public void bind(String variable, Value value) {
        values.put(variable, value);
    }

    public boolean hasValue(String variable) {
        return values.containsKey(variable);
    }

    public Value value(String variable) {
        return known(values.get(variable), variable);
    }

    /** A length as a Java expression of type {@code long}; symbols are locals of their own name. */
    public static String length(Dim dim) {
        String text = dim.text(Names::length, (a, b) -> "Math.floorDiv(" + a + ", " + b + ")");
        return text.replaceAll("\\b\\d{10,}\\b", "$0L");
    }

    /** The Java type of a buffer's array. */
    public static String arrayType(Buffer buffer) {
        return (buffer.stored().isPacked()
                        ? PackedElement.type(buffer.stored())
                        : type(buffer.type().dtype())) + "[]";
    }

    /** The Java type of a value. */
    public static String type(DType dtype) {
        return switch (Precision.computed(dtype)) {
            case F32 -> "float";
            case F64 -> "double";
            case I64 -> "long";
            case I32 -> "int";
            case BOOL -> "boolean";
            case F16, BF16 -> throw new AssertionError(dtype);
        };
    }
}
