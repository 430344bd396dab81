package heddle.compiler.pack;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.op.Length;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.Weight;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.pack.AxisMeaning.Kind;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What stands for a node's result in the packed graph, by its operation. */
final class PackedOperations {
    private final PackedValues values;
    private final Set<String> inputs;
    private final PackedSums sums;
    private final PackedPicks picks;
    private final PackedPlaces places;

    /** @param inputs those that are made from texts */
    PackedOperations(PackedValues values, Set<String> inputs) {
        this.values = values;
        this.inputs = Set.copyOf(inputs);
        this.sums = new PackedSums(values);
        this.picks = new PackedPicks(values);
        this.places = new PackedPlaces(values);
    }

    /** @throws DeclinedException when nothing does */
    Tracked packed(Node node, List<Tracked> operands) {
        return places.difference(node, operands)
                .map(v -> new Tracked(v, broadcast(node, operands), false))
                .orElseGet(() -> computed(node, operands).with(places.moved(node, operands)));
    }

    private Tracked computed(Node node, List<Tracked> operands) {
        return switch (node.op()) {
            case Input i -> input(node, i);
            case Weight w -> weight(node);
            case Constant c ->
                new Tracked(add(c, node), values.meanings(node, node.type().shape()), false);
            case Length l -> length(node, l);
            case Iota i -> iota(node, i);
            case Cast c -> {
                Tracked x = operands.getFirst();
                yield x.with(add(c, node, x.value()), x.axes());
            }
            case Elementwise e -> elementwise(node, e, operands);
            case Expand e -> expand(node, e, operands.getFirst());
            case Permute p -> permute(node, p, operands.getFirst());
            case Reshape r -> reshape(node, r, operands.getFirst());
            case Concat c -> concat(node, c, operands);
            case Pad p -> pad(node, p, operands.getFirst());
            case Slice s -> picks.slice(node, s, operands.getFirst());
            case Gather g -> picks.gather(node, g, operands.get(0), operands.get(1));
            case TakeAlong t -> picks.takeAlong(node, t, operands.get(0), operands.get(1));
            case Softmax s -> sums.softmax(node, s, operands.getFirst());
            case Reduce r -> sums.reduce(node, r, operands.getFirst());
            case Contract c -> sums.contract(node, c, operands.get(0), operands.get(1));
            default ->
                throw new DeclinedException(
                        node,
                        "it is not known what " + node.op().name() + " does to texts that lie end to end",
                        "write it with other functions");
        };
    }

    private Value add(Op op, Node node, Value... operands) {
        return values.out().value(op, node.origin(), operands);
    }

    private Tracked input(Node node, Input input) {
        if (!inputs.contains(input.key())) {
            throw new DeclinedException(
                    node,
                    "the input " + input.key() + " is not made from texts",
                    "compute the output from token numbers, their mask and their types");
        }
        return new Tracked(add(input, node), values.meanings(node, input.type().shape()), false);
    }

    private Tracked weight(Node node) {
        List<Dim> dims = node.type().shape().dims();
        if (!dims.stream().allMatch(values::isFixed)) {
            throw new DeclinedException(
                    node,
                    "the weight is " + node.type() + ", so texts have as many tokens as it has",
                    "declare it with a known length, and take the part that is needed: table[0:N]");
        }
        return new Tracked(
                add(node.op(), node), dims.stream().map(AxisMeaning::other).toList(), false);
    }

    private Tracked length(Node node, Length length) {
        if (!values.isFixed(length.dim())) {
            throw new DeclinedException(
                    node,
                    "the result depends on the number " + length.dim() + ", which is not that of a text alone",
                    "compute with positions, iota(" + values.tokens() + "), or with a number that is known");
        }
        return new Tracked(add(length, node), List.of(), false);
    }

    private Tracked iota(Node node, Iota iota) {
        if (iota.length().equals(values.tokens())) {
            return values.positions();
        }
        if (!values.isFixed(iota.length())) {
            throw new DeclinedException(
                    node,
                    "positions up to " + iota.length() + " are not those of tokens",
                    "write iota(" + values.tokens() + ")");
        }
        return new Tracked(add(iota, node), List.of(AxisMeaning.other(iota.length())), false);
    }

    private Tracked elementwise(Node node, Elementwise e, List<Tracked> operands) {
        List<AxisMeaning> axes = broadcast(node, operands);
        boolean rows = axes.stream().anyMatch(a -> a.has(Kind.ROWS));
        boolean perRow = !rows && operands.stream().anyMatch(Tracked::perRow);
        Value[] aligned = operands.stream()
                .map(t -> !t.perRow()
                        ? t.value()
                        : rows ? values.broadcastable(t, axes, node.origin()) : withRank(t, axes.size(), node))
                .toArray(Value[]::new);
        return new Tracked(add(e, node, aligned), axes, perRow, zeroApart(e.fn(), operands));
    }

    /** Axes of length one between that for rows and the others. */
    private Value withRank(Tracked t, int rank, Node node) {
        List<Dim> dims = new ArrayList<>(Collections.nCopies(rank - t.rank(), Dim.ONE));
        dims.addAll(t.dims());
        return AxisSlots.reshaped(values.out(), node.origin(), t.value(), t.packed(dims));
    }

    private static List<AxisMeaning> broadcast(Node node, List<Tracked> operands) {
        int rank = node.type().rank();
        List<AxisMeaning> axes = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            AxisMeaning meaning = AxisMeaning.ONE;
            for (Tracked t : operands) {
                int own = axis - (rank - t.rank());
                if (own >= 0) {
                    meaning = merged(node, meaning, t.axes().get(own));
                }
            }
            axes.add(meaning);
        }
        return axes;
    }

    static AxisMeaning merged(Node node, AxisMeaning a, AxisMeaning b) {
        if (a.isOne() || b.isOne() || a.equals(b)) {
            return a.isOne() ? b : a;
        }
        throw new DeclinedException(
                node,
                "tokens meet what does not belong to tokens, along an axis of length " + a.length(),
                "reshape both alike");
    }

    /** Whether what is zero at different texts stays so: times a finite number, and where zero is chosen in place of it. */
    private static boolean zeroApart(ScalarFn fn, List<Tracked> operands) {
        return switch (fn) {
            case MUL ->
                operands.get(0).zeroApart() && isNumber(operands.get(1), false)
                        || operands.get(1).zeroApart() && isNumber(operands.get(0), false);
            case SELECT -> operands.subList(1, 3).stream().allMatch(t -> t.zeroApart() || isNumber(t, true));
            default -> false;
        };
    }

    private static boolean isNumber(Tracked t, boolean zero) {
        if (!(t.value().node().op() instanceof Constant c) || !c.isSplat()) {
            return false;
        }
        double number = c.values().getFirst().doubleValue();
        return zero ? number == 0 : Double.isFinite(number);
    }

    private Tracked expand(Node node, Expand e, Tracked x) {
        List<Dim> dims = e.shape().dims();
        int skipped = dims.size() - x.rank();
        List<AxisMeaning> axes = new ArrayList<>();
        for (int axis = 0; axis < dims.size(); axis++) {
            AxisMeaning own = axis < skipped ? AxisMeaning.ONE : x.axes().get(axis - skipped);
            axes.add(own.isOne() ? values.meaning(node, dims.get(axis)) : own);
        }
        boolean rows = axes.stream().anyMatch(a -> a.has(Kind.ROWS));
        if (!x.perRow()) {
            return new Tracked(add(e, node, x.value()), axes, false, x.zeroApart());
        }
        Value aligned = rows ? values.broadcastable(x, axes, node.origin()) : withRank(x, dims.size(), node);
        Shape shape = rows ? e.shape() : x.packed(dims);
        return new Tracked(add(new Expand(shape), node, aligned), axes, !rows, x.zeroApart());
    }

    private Tracked permute(Node node, Permute p, Tracked x) {
        List<AxisMeaning> axes = p.order().stream().map(a -> x.axes().get(a)).toList();
        List<Integer> order = new ArrayList<>();
        if (x.perRow()) {
            order.add(0);
        }
        p.order().forEach(a -> order.add(a + x.before()));
        return x.with(add(new Permute(order), node, x.value()), axes);
    }

    private Tracked reshape(Node node, Reshape r, Tracked x) {
        List<AxisMeaning> axes = AxisMeaning.reshaped(x.axes(), r.shape().dims())
                .orElseThrow(() -> new DeclinedException(
                        node,
                        "a reshape to " + r.shape() + " takes rows of tokens apart",
                        "keep the number of tokens, " + values.tokens() + ", whole"));
        return x.with(add(new Reshape(x.packed(r.shape().dims())), node, x.value()), axes);
    }

    private Tracked concat(Node node, Concat c, List<Tracked> operands) {
        if (!operands.stream().allMatch(t -> t.axes().get(c.axis()).isOther())) {
            throw new DeclinedException(
                    node,
                    "tokens are joined with others, so they move to other places",
                    "join features, not tokens, or leave it to the tokenizer");
        }
        boolean perRow = operands.stream().anyMatch(Tracked::perRow);
        List<Tracked> alike = operands.stream()
                .map(t -> perRow ? values.perRow(t, node.origin()) : t)
                .toList();
        List<AxisMeaning> axes = new ArrayList<>();
        for (int axis = 0; axis < node.type().rank(); axis++) {
            AxisMeaning meaning = AxisMeaning.ONE;
            if (axis == c.axis()) {
                meaning = AxisMeaning.other(node.type().dim(axis));
            } else {
                for (Tracked t : operands) {
                    meaning = merged(node, meaning, t.axes().get(axis));
                }
            }
            axes.add(meaning);
        }
        Value[] joined = alike.stream().map(Tracked::value).toArray(Value[]::new);
        return new Tracked(add(new Concat(c.axis() + (perRow ? 1 : 0)), node, joined), axes, perRow);
    }

    private Tracked pad(Node node, Pad p, Tracked x) {
        List<AxisMeaning> axes = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            boolean padded = !p.low().get(axis).isZero() || !p.high().get(axis).isZero();
            if (padded && !x.axes().get(axis).isOther()) {
                throw new DeclinedException(
                        node,
                        "elements are put before or behind the tokens, as convolutions do",
                        "compute each token from its own elements and by attention");
            }
            if (padded && !values.isFixed(node.type().dim(axis))) {
                throw new DeclinedException(
                        node,
                        "a margin makes an axis of length " + node.type().dim(axis)
                                + ", which is not that of a text alone",
                        "compute with positions, iota(" + values.tokens() + "), or pad to a length that is known");
            }
            axes.add(
                    padded ? AxisMeaning.other(node.type().dim(axis)) : x.axes().get(axis));
        }
        List<Dim> none = Collections.nCopies(x.before(), Dim.ZERO);
        Pad packed = new Pad(joined(none, p.low()), joined(none, p.high()), p.value());
        return new Tracked(add(packed, node, x.value()), axes, x.perRow());
    }

    static List<Dim> joined(List<Dim> first, List<Dim> rest) {
        List<Dim> all = new ArrayList<>(first);
        all.addAll(rest);
        return all;
    }

    /** All axes of a value, as a list to change. */
    static List<Integer> axes(int from, int to) {
        return new ArrayList<>(IntStream.range(from, to).boxed().toList());
    }
}
