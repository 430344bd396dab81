package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.backend.source.Names;
import heddle.compiler.backend.source.PositionSource;
import heddle.compiler.backend.source.ScalarSource;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.Widening;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of the parts of a tile program in one kernel method, and scalar programs in those names. */
final class DeviceScope implements ScalarSource.Dialect {
    private final Names names;
    private final ScalarFunctions functions;
    private final Map<Buffer, String> arrays;
    private final Map<Axis, String> indexes;
    private final Map<String, String> values;

    /** @param called gets the functions that the kernel calls */
    DeviceScope(Set<DeviceFunction> called) {
        this(new Names(), new ScalarFunctions(called), new HashMap<>(), new HashMap<>(), new HashMap<>());
    }

    private DeviceScope(
            Names names,
            ScalarFunctions functions,
            Map<Buffer, String> arrays,
            Map<Axis, String> indexes,
            Map<String, String> values) {
        this.names = names;
        this.functions = functions;
        this.arrays = arrays;
        this.indexes = indexes;
        this.values = values;
    }

    /** A scope in this one: what is bound there is not seen here. Names stay unique in the whole method. */
    DeviceScope inner() {
        return new DeviceScope(names, functions, arrays, new HashMap<>(indexes), new HashMap<>(values));
    }

    /** Declares the parameter for a buffer. */
    String array(Buffer buffer) {
        return arrays.computeIfAbsent(buffer, b -> fresh(b.name()));
    }

    /** Says which {@code int} variable is the index along an axis. */
    void bind(Axis axis, String index) {
        indexes.put(axis, index);
    }

    /** Says what the value that programs read as {@code variable} is called. */
    void bind(String variable, String value) {
        values.put(variable, value);
    }

    /** The value with the name {@code variable}. */
    String bound(String variable) {
        return values.get(variable);
    }

    @Override
    public String fresh(String wish) {
        return names.unique(wish);
    }

    /** The value of a program; {@code out} gets the variables it needs. */
    String value(ScalarExpr e, JavaText out) {
        return new ScalarSource(this, out).of(e);
    }

    /** Writes an element of a buffer. */
    void store(Buffer buffer, ScalarExpr address, ScalarExpr value, JavaText out) {
        ScalarSource source = new ScalarSource(this, out);
        String position = position(address, source);
        String stored = Storage.of(buffer.type().dtype())
                .stored(ScalarSource.operand(
                        source.of(Widening.stored(buffer.type().dtype(), value))));
        boolean wrapped = stored.startsWith("(") && stored.endsWith(")") && !stored.startsWith("(byte)");
        out.line(arrays.get(buffer) + ".set(" + position + ", " + (wrapped ? inside(stored) : stored) + ");");
    }

    /** Without the parentheses around it, when they belong together. */
    private static String inside(String text) {
        int depth = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            if (depth == 0) {
                return text;
            }
        }
        return text.substring(1, text.length() - 1);
    }

    private String position(ScalarExpr address, ScalarSource source) {
        return new PositionSource(this::wide, this::length, source::expression).of(address);
    }

    /** The index along an axis as a {@code long}. */
    private String wide(Axis axis) {
        String index = indexes.get(axis);
        if (index == null) {
            throw new IllegalStateException("axis " + axis + " has no index here");
        }
        return "(long) " + index;
    }

    @Override
    public String index(ScalarExpr.Index index) {
        return wide(index.axis());
    }

    @Override
    public String length(ScalarExpr.Length length) {
        String text = length.dim().text(s -> "(long) " + Lengths.variable(s), (a, b) -> quotient(a, b, ""));
        return length.dim().isKnown() ? text + "L" : text;
    }

    @Override
    public String variable(ScalarExpr.Variable variable) {
        String value = values.get(variable.name());
        if (value == null) {
            throw new IllegalStateException("nothing is called " + variable.name() + " here");
        }
        return value;
    }

    @Override
    public String element(Element x, boolean conditional, ScalarSource source) {
        Storage storage = Storage.of(x.type());
        return storage.loaded(array(x.buffer()) + ".get(" + position(x.address(), source) + ")");
    }

    @Override
    public String apply(Apply e, List<String> args) {
        return functions.of(e, args);
    }

    /** TornadoVM makes floats of infinite constants, and then cannot compare them with doubles. */
    @Override
    public String infinite(DType type, boolean positive) {
        return type == DType.F64
                ? (positive ? "1.0" : "-1.0") + " / (context.groupIdx >> 30)"
                : ScalarSource.Dialect.super.infinite(type, positive);
    }

    /** TornadoVM cannot write the constant. */
    @Override
    public String notANumber(DType type) {
        return type == DType.F64
                ? "TornadoMath.log(-1.0 - context.globalIdx)"
                : "TornadoMath.sqrt(-1f - context.globalIdx)";
    }

    @Override
    public String type(DType type) {
        return Storage.of(type).variable();
    }

    /** A length that is known to fit as an {@code int} expression of the parameters that symbols are. */
    String length(Dim dim) {
        return dim.text(Lengths::variable, (a, b) -> quotient(a, b, "(int) "));
    }

    /** A quotient of lengths, rounded down: as Java's division does when no part of {@code a} is taken off. */
    private String quotient(String a, String b, String narrowed) {
        return a.contains("-")
                ? narrowed + functions.call(DeviceFunction.FLOOR_DIV, a, b)
                : "((" + a + ") / " + b + ")";
    }
}
