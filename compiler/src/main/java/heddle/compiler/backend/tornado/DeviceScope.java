package heddle.compiler.backend.tornado;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.emit.PositionSource;
import heddle.compiler.backend.emit.ScalarSource;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Widening;
import heddle.compiler.scheduled.LocalArray;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of arrays in one kernel method, and scalar programs in its names: axes and variables are called what Java calls them. */
final class DeviceScope implements ScalarSource.Dialect {
    private final Names names = new Names();
    private final ScalarFunctions functions;
    private final Map<Buffer, String> arrays = new HashMap<>();
    private final Set<Buffer> shared = new HashSet<>();
    private final IndexText indexes;

    /**
     * @param called  gets the functions that the kernel calls
     * @param extents of the kernel's axes
     */
    DeviceScope(Set<DeviceFunction> called, Set<Dim> extents) {
        this.functions = new ScalarFunctions(called);
        this.indexes = new IndexText(this::length, extents);
    }

    /** Declares the parameter for a buffer. */
    String array(Buffer buffer) {
        return arrays.computeIfAbsent(buffer, b -> fresh(b.name()));
    }

    /** Declares an array in local memory. */
    String array(LocalArray array) {
        shared.add(array.buffer());
        return array(array.buffer());
    }

    /** Indexes of groups, blocks and threads. */
    IndexText indexes() {
        return indexes;
    }

    @Override
    public String fresh(String wish) {
        return names.unique(wish);
    }

    /** The value of a program; {@code out} gets the variables it needs. */
    String value(ScalarExpr e, JavaText out) {
        return new ScalarSource(this, out).of(e);
    }

    /** Writes an element of a buffer, or of an array in local memory. */
    void store(Buffer buffer, ScalarExpr address, ScalarExpr value, JavaText out) {
        ScalarSource source = new ScalarSource(this, out);
        String position = position(address, source);
        Storage storage = Storage.of(buffer.stored());
        String stored = storage.isBits()
                ? bits(buffer, value, source)
                : storage.stored(source.of(Widening.stored(buffer.type().dtype(), value)));
        String array = arrays.get(buffer);
        out.line(
                shared.contains(buffer)
                        ? array + "[" + position + "] = " + stored + ";"
                        : array + ".set(" + position + ", " + stored + ");");
    }

    /** Only what arranges packed elements otherwise stores such: they are copied as they are. */
    private String bits(Buffer to, ScalarExpr value, ScalarSource source) {
        ScalarExpr e = value;
        while (e instanceof Apply a && a.fn() == ScalarFn.CAST) {
            e = a.args().getFirst();
        }
        if (!(e instanceof Element x) || x.buffer().stored() != to.stored()) {
            throw new IllegalStateException(to + " is held as " + to.stored() + ", which " + value + " is not");
        }
        return read(x.buffer(), position(x.address(), source));
    }

    private String read(Buffer buffer, String position) {
        return array(buffer) + (shared.contains(buffer) ? "[" + position + "]" : ".get(" + position + ")");
    }

    private String position(ScalarExpr address, ScalarSource source) {
        return new PositionSource(this::wide, this::length, source::expression).of(address);
    }

    private String wide(Axis axis) {
        return "(long) " + axis.name();
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
        return variable.name();
    }

    @Override
    public String element(Element x, boolean conditional, ScalarSource source) {
        String position = position(x.address(), source);
        return Storage.of(x.buffer().stored()).loaded(at -> read(x.buffer(), at), position, functions);
    }

    @Override
    public String apply(Apply e, List<String> args) {
        ScalarExpr first = e.args().getFirst();
        ScalarExpr last = e.args().getLast();
        boolean isCondition = e.type() == DType.BOOL && first.type() == DType.I64 && last.type() == DType.I64;
        return isCondition && indexes.fits(first) && indexes.fits(last)
                ? functions.of(e, List.of(indexes.of(first), indexes.of(last)))
                : functions.of(e, args);
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
