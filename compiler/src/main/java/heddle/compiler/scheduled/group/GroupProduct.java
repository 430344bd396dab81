package heddle.compiler.scheduled.group;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.IndexMath;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.Span;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Schedules a product: its factors come to local memory, where they are not there already; then each thread adds up its elements of the
 * result. Each step of that reads a thread's elements of both factors once and multiplies all of them.
 *
 * @param loads the programs of factors that come in slices, by tile
 */
record GroupProduct(GroupPositions at, GroupMemory memory, Map<String, ScalarExpr> loads) {
    private GroupShape shape() {
        return at.shape();
    }

    List<Action> of(Tile sum, TileExpr.Dot dot) {
        List<Action> actions = new ArrayList<>();
        dot.factors().stream().distinct().filter(shape()::isInRegisters).forEach(t -> actions.addAll(shared(t, dot)));
        Axis over = dot.over();
        if (!memory.isSliced(over)) {
            actions.add(sum(sum, dot, IndexMath.ZERO));
            return actions;
        }
        Axis part = new Axis(over.name() + "Part", Dim.of(shape().width(over)));
        List<Action> slice = new ArrayList<>();
        for (Tile t : dot.factors()) {
            if (loads.containsKey(t.name())) {
                slice.addAll(load(memory.factor(t, dot), loads.get(t.name()), over, ScalarExpr.of(part)));
            }
        }
        slice.add(sum(sum, dot, ScalarExpr.of(part)));
        Span slices = new Span.Steps(IndexMath.ZERO, ScalarExpr.of(shape().width(over)), memory.depth(over));
        actions.add(new Action.For(part, slices, Level.EACH, slice));
        return actions;
    }

    /** Loads all of a tile. */
    List<Action> load(Tile tile, ScalarExpr program) {
        GroupMemory.Held held = memory.resident(tile).orElseThrow();
        return load(held, program, memory.over(tile), IndexMath.ZERO);
    }

    /**
     * Loads a tile or a slice of it, with all threads of the group. Beyond the ends of the tensor and of the block it stores zeros.
     *
     * @param part where the slice along {@code over} begins in the block
     */
    private List<Action> load(GroupMemory.Held held, ScalarExpr program, Axis over, ScalarExpr part) {
        List<Axis> order = new ArrayList<>(held.axes());
        order.stream()
                .filter(axis -> GroupMemory.runsAlong(program, axis))
                .findFirst()
                .ifPresent(axis -> {
                    order.remove(axis);
                    order.addLast(axis);
                });
        Axis number = new Axis("x", Dim.of(held.loaded()));
        List<Action> body = new ArrayList<>();
        List<ScalarExpr> guards = new ArrayList<>();
        ScalarExpr rest = ScalarExpr.of(number);
        long left = held.loaded();
        Map<Axis, ScalarExpr> places = new HashMap<>();
        for (Axis axis : order.reversed()) {
            int size = held.size(axis);
            left /= size;
            ScalarExpr within = left == 1 ? rest : IndexMath.remainder(rest, ScalarExpr.of(size));
            rest = IndexMath.quotient(rest, ScalarExpr.of(size));
            ScalarExpr before = axis.equals(over) ? part : IndexMath.ZERO;
            boolean isFirst = IndexMath.plus(at.from(axis), before).equals(IndexMath.ZERO);
            Axis place = isFirst ? axis : new Axis(axis.name() + "At", Dim.of(size));
            body.add(new Action.At(place, within));
            places.put(axis, ScalarExpr.of(place));
            ScalarExpr inBlock = IndexMath.plus(before, ScalarExpr.of(place));
            if (!place.equals(axis)) {
                body.add(new Action.At(axis, IndexMath.plus(at.from(axis), inBlock)));
            }
            guard(axis, inBlock, axis.equals(over) ? Math.ceilDiv(shape().width(axis), size) * size : size, guards);
        }
        Variable value = new Variable("value", held.buffer().type().dtype());
        if (guards.isEmpty()) {
            body.add(new Action.Let(value, program));
        } else {
            body.add(new Action.Let(value, ScalarExpr.zero(value.type())));
            body.addAll(IndexMath.where(guards, List.of(new Action.Assign(value, program))));
        }
        body.add(new Action.Store(held.buffer(), held.address(places::get), value));
        Span span = new Span.Steps(ScalarExpr.of(at.thread()), ScalarExpr.of(number.extent()), shape().threads());
        return List.of(new Action.For(number, span, Level.EACH, body));
    }

    /** @param most the elements that are loaded of a block in all */
    private void guard(Axis axis, ScalarExpr inBlock, int most, List<ScalarExpr> guards) {
        boolean isLonger = most > shape().width(axis);
        if (!shape().isWhole(axis) || isLonger && !shape().isBlocked(axis)) {
            guards.add(IndexMath.isBelow(ScalarExpr.of(axis), shape().end(axis)));
        }
        if (isLonger && shape().isBlocked(axis)) {
            guards.add(IndexMath.isBelow(inBlock, ScalarExpr.of(shape().width(axis))));
        }
    }

    /** A factor that threads computed goes where all of them can read it; beyond the end of what is summed over it is zero. */
    private List<Action> shared(Tile tile, TileExpr.Dot dot) {
        GroupMemory.Held held = memory.factor(tile, dot);
        ScalarExpr value = tile.value();
        ScalarExpr zero = ScalarExpr.zero(tile.type());
        List<ScalarExpr> within = shape().isShared(dot.over()) ? at.isWithin(dot.over()) : List.of();
        ScalarExpr stored = IndexMath.all(within)
                .map(condition -> ScalarExpr.apply(ScalarFn.SELECT, condition, value, zero))
                .orElse(value);
        List<Axis> axes = shape().axes(tile);
        Action store = new Action.Store(held.buffer(), held.address(at::within), stored);
        return IndexMath.where(at.isFirst(axes), at.each(axes, List.of(store)));
    }

    /** @param part where a slice begins in a factor that is there as a whole */
    private Action sum(Tile sum, TileExpr.Dot dot, ScalarExpr part) {
        Axis over = dot.over();
        Variable a = factor(dot.a());
        Variable b = factor(dot.b());
        List<Action> step = new ArrayList<>();
        step.addAll(read(a, dot.a(), dot, part));
        step.addAll(read(b, dot.b(), dot, part));
        boolean byRight = dot.zeros() == Annihilating.RIGHT;
        List<Axis> outer = own(byRight ? dot.b() : dot.a(), over);
        List<Axis> inner =
                shape().axes(sum).stream().filter(axis -> !outer.contains(axis)).toList();
        Variable result = sum.value();
        DType type = Precision.computed(sum.type());
        ScalarExpr product = ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.cast(type, a), ScalarExpr.cast(type, b));
        Variable held = new Variable(sum.name(), type);
        Action add = new Action.Assign(result, ScalarExpr.apply(ScalarFn.ADD, held, product));
        Variable decides = byRight ? b : a;
        List<ScalarExpr> isNeeded = dot.zeros() == Annihilating.NEITHER
                ? List.of()
                : List.of(ScalarExpr.apply(ScalarFn.NE, decides, ScalarExpr.zero(decides.type())));
        step.addAll(at.each(outer, IndexMath.where(isNeeded, at.each(inner, List.of(add)))));
        return new Action.For(over, new Span.Between(IndexMath.ZERO, end(dot, part)), Level.EACH, step);
    }

    /** The last slice ends with the block, where a factor is there as a whole; otherwise zeros were loaded past the end. */
    private ScalarExpr end(TileExpr.Dot dot, ScalarExpr part) {
        int depth = memory.depth(dot.over());
        int width = shape().width(dot.over());
        boolean isThere = dot.factors().stream().anyMatch(t -> !isSlice(t, dot));
        return width % depth == 0 || !isThere
                ? ScalarExpr.of(depth)
                : IndexMath.least(ScalarExpr.of(depth), ScalarExpr.apply(ScalarFn.SUB, ScalarExpr.of(width), part));
    }

    private boolean isSlice(Tile tile, TileExpr.Dot dot) {
        return memory.isSliced(dot.over()) && loads.containsKey(tile.name());
    }

    private static Variable factor(Tile tile) {
        return new Variable(tile.name() + "'", Precision.computed(tile.type()));
    }

    private List<Axis> own(Tile factor, Axis over) {
        return shape().axes(factor).stream().filter(axis -> !axis.equals(over)).toList();
    }

    private List<Action> read(Variable value, Tile tile, TileExpr.Dot dot, ScalarExpr part) {
        GroupMemory.Held held = memory.factor(tile, dot);
        Axis over = dot.over();
        Buffer buffer = held.buffer();
        ScalarExpr index = ScalarExpr.of(over);
        ScalarExpr along = isSlice(tile, dot) ? index : IndexMath.plus(part, index);
        ScalarExpr element =
                new ScalarExpr.Element(buffer, held.address(axis -> axis.equals(over) ? along : at.within(axis)));
        return at.each(own(tile, over), List.of(new Action.Let(value, element)));
    }
}
