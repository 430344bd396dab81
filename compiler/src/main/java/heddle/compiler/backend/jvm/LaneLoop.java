package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes a loop along an axis that takes a vector of indices at a time, with a masked step for the rest at the end.
 * Values that do not change along the axis are computed before the loop.
 */
final class LaneLoop {
    private final Lanes lanes;
    private final Axis axis;
    private final Locals locals;
    private final Set<Support> support;
    private final JavaText before;
    private final String index;
    private final ScalarCode code;
    private final Addresses addresses;
    private final Memo<String> vectors = new Memo<>(this::newVector);
    private final Memo<String> scalars = new Memo<>(this::newScalar);
    private final Map<Dim, String> steps = new HashMap<>();
    private final Map<Long, String> laneSteps = new HashMap<>();

    /** @param before text that stands before the loop */
    LaneLoop(Lanes lanes, Axis axis, Locals locals, Set<Support> support, JavaText before) {
        this(lanes, axis, locals.fresh(axis.name()), locals, support, before);
        locals.bind(axis, "(long) " + index);
    }

    private LaneLoop(Lanes lanes, Axis axis, String index, Locals locals, Set<Support> support, JavaText before) {
        this.lanes = lanes;
        this.axis = axis;
        this.index = index;
        this.locals = locals;
        this.support = support;
        this.before = before;
        this.code = new ScalarCode(locals, support, before);
        this.addresses = new Addresses(axis, locals, support, before);
    }

    /**
     * This loop as seen from the body of another one within it.
     *
     * @param before text at the top of that body
     */
    LaneLoop nested(Locals inner, JavaText innerBefore) {
        return new LaneLoop(lanes, axis, index, inner, support, innerBefore);
    }

    Lanes lanes() {
        return lanes;
    }

    Axis axis() {
        return axis;
    }

    Addresses addresses() {
        return addresses;
    }

    Set<Support> support() {
        return support;
    }

    /**
     * Writes the loop, with vectors of one trip side by side.
     *
     * @param copies vectors in a trip of the main loop
     * @param trip   writes the steps of one, given code for each of its vectors
     */
    void write(JavaText out, Ends ends, int copies, Consumer<List<VectorCode>> trip) {
        String to = ends.to();
        Dim length = ends.length();
        String begin = "int " + index + " = " + ends.from();
        boolean whole = length.isKnown() && length.value() % (copies * lanes.count()) == 0;
        if (whole && !length.is(copies * lanes.count())) {
            writeTrips(out, begin, to, length, copies, trip);
            return;
        }
        out.line(begin + ";");
        writeTrips(out, "", to, length, copies, trip);
        if (copies > 1 && !whole) {
            writeTrips(out, "", to, length, 1, trip);
        }
        if (!length.isKnown() || length.value() % lanes.count() != 0) {
            out.open("if (" + index + " < " + to + ")");
            String tail = locals.fresh("tail");
            out.line(lanes.mask() + " " + tail + " = " + lanes.species() + ".indexInRange(" + index + ", " + to + ");");
            trip.accept(List.of(new VectorCode(this, locals.block(), out, index, Optional.of(tail))));
            out.close();
        }
    }

    private void writeTrips(
            JavaText out, String begin, String to, Dim length, int copies, Consumer<List<VectorCode>> trip) {
        int stride = copies * lanes.count();
        boolean once = length.is(stride);
        if (!once) {
            out.open("for (" + begin + "; " + index + " <= " + to + " - " + stride + "; " + index + " += " + stride
                    + ")");
        }
        List<VectorCode> codes = new ArrayList<>();
        for (int copy = 0; copy < copies; copy++) {
            String at = copy == 0 ? index : index + " + " + copy * lanes.count();
            codes.add(new VectorCode(this, locals.block(), out, at, Optional.empty()));
        }
        trip.accept(codes);
        if (!once) {
            out.close();
        }
    }

    /** A vector, or for bools a mask, that has the value of {@code e}, the same at every index, in every lane. */
    String spread(ScalarExpr e) {
        return vectors.of(e);
    }

    /** A local variable with the value of {@code e}, the same at every index. */
    String scalar(ScalarExpr e) {
        return scalars.of(e);
    }

    private String newVector(ScalarExpr e) {
        String scalar = code.of(e);
        return e.type() == DType.BOOL
                ? declare(lanes.mask(), name(e) + "All", lanes.species() + ".maskAll(" + scalar + ")")
                : declare(lanes.vector(), name(e) + "All", lanes.broadcast(scalar));
    }

    private String newScalar(ScalarExpr e) {
        String text = code.of(e);
        return text.matches("(\\(long\\) )?\\w+") ? text : declare(Locals.type(e.type()), "s", text);
    }

    private static String name(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.Variable v -> v.name();
            case ScalarExpr.Element x -> x.buffer().name();
            case Apply a -> a.fn().text();
            default -> "constant";
        };
    }

    /** A literal as it stands in Java. */
    String literal(ScalarExpr e) {
        return code.of(e);
    }

    /** A local variable that is declared before the loop. */
    private String declare(String type, String wish, String value) {
        String name = locals.fresh(wish);
        before.line(type + " " + name + " = " + value + ";");
        return name;
    }

    /** The distances of strided elements from the first lane's, as an index map. */
    String steps(Dim step) {
        return steps.computeIfAbsent(step, s -> {
            String name = declare("int[]", "steps", "new int[" + lanes.count() + "]");
            before.line(
                    "Arrays.setAll(" + name + ", lane -> lane * (int) " + ScalarCode.operand(Locals.length(s)) + ");");
            return name;
        });
    }

    /** An array of one element a lane. */
    String scratch(String type) {
        return declare(type + "[]", "lanes", "new " + type + "[" + lanes.count() + "]");
    }

    /**
     * A comparison of indexes as a comparison of lane numbers with one number, as {@code j <= i} is
     * {@code lane <= i - j0} for lanes that begin at {@code j0}. Empty when the operands do not differ by one from lane
     * to lane.
     *
     * @param at the index of the first lane
     */
    Optional<String> indexComparison(Apply e, String at) {
        ScalarExpr difference = new Apply(ScalarFn.SUB, DType.I64, e.args());
        Optional<Stride> stride = Stride.of(difference, axis);
        if (stride.isEmpty()
                || !stride.get().step().is(1) && !stride.get().step().is(-1)) {
            return Optional.empty();
        }
        boolean rising = stride.get().step().is(1);
        ScalarExpr start = stride.get().start();
        ScalarExpr bound = rising ? new Apply(ScalarFn.NEG, DType.I64, List.of(start)) : start;
        ScalarFn fn = rising ? e.fn() : mirrored(e.fn());
        String limit = scalar(bound) + " - " + ScalarCode.operand(at);
        return Optional.of(laneSteps(1) + ".compare(VectorOperators." + fn + ", (float) Math.clamp(" + limit + ", -1, "
                + lanes.count() + "))");
    }

    private static ScalarFn mirrored(ScalarFn fn) {
        return switch (fn) {
            case LT -> ScalarFn.GT;
            case LE -> ScalarFn.GE;
            case GT -> ScalarFn.LT;
            case GE -> ScalarFn.LE;
            default -> fn;
        };
    }

    /** A vector of the lanes' numbers times {@code step}. */
    String laneSteps(long step) {
        String ids = lanes.vector() + ".zero(" + lanes.species() + ").addIndex(1)";
        return laneSteps.computeIfAbsent(
                step,
                s -> s == 1
                        ? declare(lanes.vector(), "laneIds", ids)
                        : declare(lanes.vector(), "laneSteps", ids + ".mul(" + s + ")"));
    }
}
