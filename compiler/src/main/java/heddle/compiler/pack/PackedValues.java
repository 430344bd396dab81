package heddle.compiler.pack;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.pack.AxisMeaning.Kind;
import heddle.compiler.pack.AxisMeaning.Part;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the values that packing adds to a graph: its inputs, values for each row, and masks between texts. */
final class PackedValues {
    private final Graph.Builder out;
    private final PackInputs inputs;
    private final Dim rows;
    private final Dim tokens;
    private Optional<Value> segments = Optional.empty();
    private Optional<Value> positions = Optional.empty();
    private long longest = Long.MAX_VALUE;

    PackedValues(Graph.Builder out, PackInputs inputs, Dim rows, Dim tokens) {
        this.out = out;
        this.inputs = inputs;
        this.rows = rows;
        this.tokens = tokens;
    }

    Graph.Builder out() {
        return out;
    }

    Dim rows() {
        return rows;
    }

    Dim tokens() {
        return tokens;
    }

    /** The most tokens of a text that tables have places for. */
    long longest() {
        return longest;
    }

    void atMost(long places) {
        longest = Math.min(longest, places);
    }

    /** Whether a length is the same for all texts. */
    boolean isFixed(Dim length) {
        return rows.symbols().stream().noneMatch(length.symbols()::contains)
                && tokens.symbols().stream().noneMatch(length.symbols()::contains);
    }

    /** What an axis means that was made with a length. */
    AxisMeaning meaning(Node node, Dim length) {
        List<Part> parts = new ArrayList<>();
        Dim open = length;
        Optional<Dim> withoutRows = open.dividedExactlyBy(rows);
        if (withoutRows.isPresent()) {
            parts.add(new Part(Kind.ROWS, rows));
            open = withoutRows.get();
        }
        Optional<Dim> withoutTokens = open.dividedExactlyBy(tokens);
        if (withoutTokens.isPresent()) {
            parts.add(new Part(Kind.TOKENS, tokens));
            open = withoutTokens.get();
        }
        if (!isFixed(open)) {
            throw new DeclinedException(
                    node,
                    "its result has an axis of length " + length,
                    "keep the number of tokens, " + tokens + ", an axis of its own");
        }
        parts.add(Part.other(open));
        return new AxisMeaning(parts);
    }

    List<AxisMeaning> meanings(Node node, Shape shape) {
        return shape.dims().stream().map(d -> meaning(node, d)).toList();
    }

    private Value input(String name) {
        return out.value(new Input(name, new TensorType(DType.I64, Shape.of(rows, tokens))), Origin.NONE);
    }

    private Value segments() {
        if (segments.isEmpty()) {
            segments = Optional.of(input(inputs.segments()));
        }
        return segments.get();
    }

    /** The place of each token in its text, {@code [N]} for each row. */
    Tracked positions() {
        if (positions.isEmpty()) {
            positions = Optional.of(input(inputs.positions()));
        }
        return new Tracked(positions.get(), List.of(tokensAxis()), true);
    }

    /** An axis of tokens. */
    AxisMeaning tokensAxis() {
        return new AxisMeaning(List.of(new Part(Kind.TOKENS, tokens)));
    }

    /** A value of its own for each row, though all are the same; the value itself when it has rows. */
    Tracked perRow(Tracked t, Origin origin) {
        if (t.perRow() || t.hasRows()) {
            return t;
        }
        List<Dim> dims = new ArrayList<>(List.of(rows));
        dims.addAll(t.dims());
        Value value = out.part(new Expand(new Shape(dims)), origin, t.value());
        return new Tracked(value, t.axes(), true, t.zeroApart());
    }

    /** The axes of the value itself. */
    List<AxisMeaning> own(Tracked t) {
        List<AxisMeaning> own = new ArrayList<>();
        if (t.perRow()) {
            own.add(new AxisMeaning(List.of(new Part(Kind.ROWS, rows))));
        }
        own.addAll(t.axes());
        return own;
    }

    /**
     * A value that broadcasts with one of other axes, among which are rows.
     *
     * @param t    has a value for each row
     * @param axes has no fewer axes
     */
    Value broadcastable(Tracked t, List<AxisMeaning> axes, Origin origin) {
        AxisSlots slots = new AxisSlots(axes);
        int skipped = axes.size() - t.rank();
        List<Dim> kept = new ArrayList<>();
        List<Integer> at = new ArrayList<>(List.of(slots.rows()));
        for (int axis = 0; axis < t.rank(); axis++) {
            // Where the other has rows, this has one element.
            if (!axes.get(axis + skipped).has(Kind.ROWS)) {
                kept.add(t.axes().get(axis).length());
                at.add(slots.of(axis + skipped));
            }
        }
        Value squeezed = AxisSlots.reshaped(out, origin, t.value(), t.packed(kept));
        return slots.arranged(out, origin, squeezed, at);
    }

    /**
     * Something for each token, along one axis of a value that has rows.
     *
     * @param ofTokens {@code [B, N]}
     * @param axes     of the value itself
     */
    Value along(Value ofTokens, List<AxisMeaning> axes, int axis, Origin origin) {
        AxisSlots slots = new AxisSlots(axes);
        return slots.arranged(out, origin, ofTokens, List.of(slots.rows(), slots.of(axis)));
    }

    /**
     * A value with another element at tokens of different texts.
     *
     * @param i an axis of tokens
     * @param j another
     */
    Tracked masked(Tracked given, int i, int j, double apart, Origin origin) {
        Tracked t = perRow(given, origin);
        List<AxisMeaning> axes = own(t);
        Value left = along(segments(), axes, i + t.before(), origin);
        Value right = along(segments(), axes, j + t.before(), origin);
        Value same = out.part(new Elementwise(ScalarFn.EQ), origin, left, right);
        Value other = out.part(Constant.scalar(t.value().type().dtype(), apart), origin);
        Value value = out.part(new Elementwise(ScalarFn.SELECT), origin, same, t.value(), other);
        return new Tracked(value, t.axes(), t.perRow(), apart == 0);
    }
}
