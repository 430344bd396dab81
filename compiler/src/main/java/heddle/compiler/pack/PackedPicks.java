package heddle.compiler.pack;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Slices and gathers. A part of a table that has a place for each token becomes what lies at the positions of tokens. */
final class PackedPicks {
    private final PackedValues values;

    PackedPicks(PackedValues values) {
        this.values = values;
    }

    Tracked slice(Node node, Slice s, Tracked x) {
        List<Dim> starts = new ArrayList<>();
        List<Dim> lengths = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        List<AxisMeaning> axes = new ArrayList<>();
        List<Integer> ofTokens = new ArrayList<>();
        boolean allKept = true;
        for (int axis = 0; axis < x.rank(); axis++) {
            AxisMeaning meaning = x.axes().get(axis);
            Dim length = s.lengths().get(axis);
            boolean whole = s.starts().get(axis).isZero()
                    && length.equals(meaning.length())
                    && s.steps().get(axis) == 1;
            boolean places = !whole && meaning.isOther() && length.equals(values.tokens());
            if (places) {
                requirePlaces(
                        node, s.starts().get(axis), meaning.length(), s.steps().get(axis));
                ofTokens.add(axis);
            } else if (!whole) {
                requireFixed(node, meaning, s.starts().get(axis), length);
            }
            boolean kept = whole || places;
            allKept &= kept;
            starts.add(kept ? Dim.ZERO : s.starts().get(axis));
            lengths.add(kept ? meaning.length() : length);
            steps.add(kept ? 1L : s.steps().get(axis));
            axes.add(kept ? meaning : AxisMeaning.other(length));
        }
        List<Dim> none = Collections.nCopies(x.before(), Dim.ZERO);
        Slice rest = new Slice(
                PackedOperations.joined(none, starts),
                x.packed(lengths).dims(),
                IntStream.range(0, x.before() + x.rank())
                        .mapToObj(a -> a < x.before() ? 1L : steps.get(a - x.before()))
                        .toList());
        Value sliced = allKept ? x.value() : values.out().value(rest, node.origin(), x.value());
        Tracked left = x.with(sliced, axes);
        return ofTokens.isEmpty() ? left : atPositions(node, s, left, ofTokens);
    }

    private static void requireFixed(Node node, AxisMeaning meaning, Dim start, Dim length) {
        if (!meaning.isOther()) {
            throw new DeclinedException(
                    node,
                    "some tokens of a row are taken by their place in it",
                    "compute each token from its own elements and by attention");
        }
        if (!start.isKnown() || !length.isKnown()) {
            throw new DeclinedException(
                    node,
                    "a slice of " + length + " elements from " + start + " on is not one for each token",
                    "pick elements by positions: embed(iota(N), table)");
        }
    }

    private void requirePlaces(Node node, Dim start, Dim length, long step) {
        if (!start.isKnown() || !length.isKnown() || step < 1) {
            throw new DeclinedException(
                    node,
                    "a slice from " + start + " of " + length + " elements, by " + step
                            + ", is different for rows of different length",
                    "begin at a number that is known: table[0:N]");
        }
        values.atMost((length.value() - start.value() + step - 1) / step);
    }

    /** Elements at the positions of tokens along some axes of a table. */
    private Tracked atPositions(Node node, Slice s, Tracked x, List<Integer> ofTokens) {
        if (x.perRow() || x.hasRows()) {
            Tracked taken = x;
            for (int axis : ofTokens) {
                taken = takenAtPositions(node, s, taken, axis);
            }
            return taken;
        }
        Graph.Builder out = values.out();
        Origin origin = node.origin();
        int picked = ofTokens.size();
        List<Integer> order = new ArrayList<>(ofTokens);
        IntStream.range(0, x.rank()).filter(a -> !ofTokens.contains(a)).forEach(order::add);
        List<Dim> others =
                order.stream().skip(picked).map(a -> x.axes().get(a).length()).toList();
        Dim places = Dim.ONE;
        Value index = null;
        for (int k = 0; k < picked; k++) {
            int axis = ofTokens.get(k);
            Value at = positions(origin, s.starts().get(axis), s.steps().get(axis), picked, k);
            Dim length = x.axes().get(axis).length();
            Value scaled = index == null ? null : arithmetic(ScalarFn.MUL, origin, index, length.value());
            index = scaled == null ? at : out.part(new Elementwise(ScalarFn.ADD), origin, scaled, at);
            places = places.times(length);
        }
        Value table = ordered(out, origin, x.value(), order);
        table = AxisSlots.reshaped(out, origin, table, new Shape(PackedOperations.joined(List.of(places), others)));
        Value gathered = out.value(new Gather(0), origin, table, index);
        // [rows, tokens.., others..] becomes [rows] and the axes in their old order.
        List<Integer> back = new ArrayList<>(List.of(0));
        IntStream.range(0, x.rank()).forEach(a -> back.add(1 + order.indexOf(a)));
        List<AxisMeaning> axes = new ArrayList<>(x.axes());
        ofTokens.forEach(a -> axes.set(a, values.tokensAxis()));
        return new Tracked(ordered(out, origin, gathered, back), axes, true);
    }

    /** Elements at the positions of tokens along an axis of what differs from row to row. */
    private Tracked takenAtPositions(Node node, Slice s, Tracked x, int axis) {
        Value at = positions(node.origin(), s.starts().get(axis), s.steps().get(axis), 1, 0);
        List<AxisMeaning> axes = new ArrayList<>(x.axes());
        axes.set(axis, values.tokensAxis());
        Tracked result = x.with(x.value(), axes);
        Value index = values.along(at, values.own(result), axis + x.before(), node.origin());
        Shape shape = x.packed(result.dims());
        Value whole = values.out().part(new Expand(shape), node.origin(), index);
        TakeAlong taken = new TakeAlong(axis + x.before());
        return new Tracked(values.out().value(taken, node.origin(), x.value(), whole), axes, x.perRow());
    }

    private static Value ordered(Graph.Builder out, Origin origin, Value value, List<Integer> order) {
        return order.equals(order.stream().sorted().toList()) ? value : out.part(new Permute(order), origin, value);
    }

    /** {@code start + step * positions} along one of several axes of tokens, {@code [B, 1.., N, 1..]}. */
    private Value positions(Origin origin, Dim start, long step, int axes, int axis) {
        Value at = values.positions().value();
        at = step == 1 ? at : arithmetic(ScalarFn.MUL, origin, at, step);
        at = start.isZero() ? at : arithmetic(ScalarFn.ADD, origin, at, start.value());
        if (axes == 1) {
            return at;
        }
        List<Dim> dims = new ArrayList<>(Collections.nCopies(axes + 1, Dim.ONE));
        dims.set(0, values.rows());
        dims.set(1 + axis, values.tokens());
        return values.out().part(new Reshape(new Shape(dims)), origin, at);
    }

    private Value arithmetic(ScalarFn fn, Origin origin, Value x, long number) {
        Value constant = values.out().part(Constant.scalar(DType.I64, number), origin);
        return values.out().part(new Elementwise(fn), origin, x, constant);
    }

    private static void requireNoTokens(Node node, Tracked data, int axis) {
        if (!data.axes().get(axis).isOther()) {
            throw new DeclinedException(
                    node,
                    "tokens are picked by their places in a row",
                    "compute each token from its own elements and by attention");
        }
    }

    Tracked gather(Node node, Gather g, Tracked data, Tracked index) {
        requireNoTokens(node, data, g.axis());
        boolean both = (data.perRow() || data.hasRows()) && (index.perRow() || index.hasRows());
        if (both) {
            throw new DeclinedException(
                    node,
                    "elements are picked, by an index of each text, from what differs between texts",
                    "pick along an axis with take_along, or from a weight");
        }
        List<AxisMeaning> axes = new ArrayList<>(data.axes().subList(0, g.axis()));
        axes.addAll(index.axes());
        axes.addAll(data.axes().subList(g.axis() + 1, data.rank()));
        Gather packed = new Gather(g.axis() + data.before());
        Value value = values.out().value(packed, node.origin(), data.value(), index.value());
        if (index.perRow() && g.axis() > 0) {
            List<Integer> order = PackedOperations.axes(0, axes.size() + 1);
            order.addFirst(order.remove(g.axis()));
            value = values.out().part(new Permute(order), node.origin(), value);
        }
        return new Tracked(value, axes, data.perRow() || index.perRow());
    }

    Tracked takeAlong(Node node, TakeAlong t, Tracked data, Tracked index) {
        requireNoTokens(node, data, t.axis());
        List<AxisMeaning> axes = new ArrayList<>();
        for (int axis = 0; axis < data.rank(); axis++) {
            AxisMeaning own = index.axes().get(axis);
            axes.add(
                    axis == t.axis()
                            ? own
                            : PackedOperations.merged(node, own, data.axes().get(axis)));
        }
        boolean perRow = data.perRow() || index.perRow();
        Tracked from = perRow ? values.perRow(data, node.origin()) : data;
        Tracked at = perRow ? values.perRow(index, node.origin()) : index;
        TakeAlong packed = new TakeAlong(t.axis() + (perRow ? 1 : 0));
        return new Tracked(values.out().value(packed, node.origin(), from.value(), at.value()), axes, perRow);
    }
}
