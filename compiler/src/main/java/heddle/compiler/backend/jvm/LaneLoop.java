package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
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
    private final LaneInvariants invariants;
    private final Addresses addresses;
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
        this.invariants = new LaneInvariants(lanes, locals, support, before);
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

    LaneInvariants invariants() {
        return invariants;
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

    /** The distances of strided elements from the first lane's, as an index map. */
    String steps(Dim step) {
        return steps.computeIfAbsent(step, s -> {
            String name = locals.fresh("steps");
            before.line("int[] " + name + " = new int[" + lanes.count() + "];");
            before.line(
                    "Arrays.setAll(" + name + ", lane -> lane * (int) " + ScalarCode.operand(Locals.length(s)) + ");");
            return name;
        });
    }

    /** An array of one element a lane. */
    String scratch(String type) {
        String name = locals.fresh("lanes");
        before.line(type + "[] " + name + " = new " + type + "[" + lanes.count() + "];");
        return name;
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
        String limit = invariants.scalar(bound) + " - " + ScalarCode.operand(at);
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
        return laneSteps.computeIfAbsent(step, s -> {
            String name = locals.fresh(s == 1 ? "laneIds" : "laneSteps");
            before.line(lanes.vector() + " " + name + " = " + lanes.vector() + ".zero(" + lanes.species()
                    + ").addIndex(1)" + (s == 1 ? "" : ".mul(" + s + ")") + ";");
            return name;
        });
    }
}
