package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Term.Items;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Elements read and written where indices say. In ONNX a negative index counts from the end; the language clamps it. */
final class Indexed {
    /** Definitions that are followed from an index to the input that it is. */
    private static final int DEEPEST = 32;

    private Indexed() {}

    static void addTo(OperatorTable table) {
        table.add("", "Gather", Indexed::gather);
        table.add("", "GatherElements", Indexed::gatherElements);
        table.add("", "GatherND", Indexed::gatherNd);
        table.add("", "ScatterND", Indexed::scatterNd);
        table.add("", "ScatterElements", Indexed::scatterElements);
        table.add("", "Scatter", Indexed::scatterElements);
        table.add("", "TensorScatter", Indexed::update);
    }

    private static void gather(NodeContext node) {
        Operand x = node.operand(0);
        Operand index = node.operand(1);
        int axis = NodeAxes.attribute(node, 0, x.rank());
        List<Dim> shape = new ArrayList<>(x.dims().subList(0, axis));
        shape.addAll(index.dims());
        shape.addAll(x.dims().subList(axis + 1, x.rank()));
        Optional<Dim> single = index.known()
                .filter(k -> k.shape().isEmpty())
                .map(k -> whole(k.elements().getFirst()));
        Optional<Positions> positions = Positions.of(node, index.term())
                .filter(p ->
                        p.from().isNonNegative() && isWithin(p.to(), x.dims().get(axis)));
        Term term;
        if (single.isPresent()) {
            term = element(x, axis, single.get());
        } else if (positions.isPresent()) {
            term = positions.get().of(Terms.tensor(x), axis, x.dims().get(axis));
        } else {
            Term from = ofInput(node, index)
                    .orElseGet(() -> fromFront(node, index, x.dims().get(axis)));
            term = picked(x, axis, from, index.rank() > 0);
        }
        node.define(0, term, Terms.type(x.dtype(), shape));
    }

    /** Whether the language takes a range up to a bound: it may only be beyond the axis where a length decides. */
    private static boolean isWithin(Dim bound, Dim length) {
        return !Dim.of(-1).minus(length.minus(bound)).isNonNegative();
    }

    private static Dim whole(Element e) {
        if (e instanceof Element.Whole w) {
            return w.value();
        }
        throw new UnsupportedNode("an index that is no whole number");
    }

    /** Rows of a table are embedded; anything else is gathered. */
    private static Term picked(Operand x, int axis, Term index, boolean isTensor) {
        if (axis == 0) {
            return x.rank() == 2 && isTensor
                    ? Call.of("embed", index, Terms.tensor(x))
                    : Call.of("gather", Terms.tensor(x), index);
        }
        return Terms.call("gather", List.of(x.term(), index), "axis", Terms.whole(NodeAxes.written(axis, x.rank())));
    }

    /** {@code x[:, i]}. */
    private static Term element(Operand x, int axis, Dim index) {
        Dim length = x.dims().get(axis);
        // An index that is a length less than the axis is written from the end, as in x[:, -1].
        Dim fromEnd = index.minus(length);
        boolean isFromEnd = !index.isKnown() && fromEnd.isKnown() && fromEnd.value() < 0;
        Index at = new Index.At(Terms.length(isFromEnd ? fromEnd : index));
        return axis == x.rank() - 1 && axis > 1
                ? new Term.Subscript(x.term(), List.of(new Index.Rest(), at))
                : Terms.at(x.term(), axis, at);
    }

    /** Indices counted from the front. */
    private static Term fromFront(NodeContext node, Operand index, Dim length) {
        if (Signs.isNonNegative(node, index)) {
            return Terms.tensor(index);
        }
        return Terms.where(Terms.isNegative(index), Terms.plus(index.term(), Terms.length(length)), index.term());
    }

    /** Indices of an input as they are, such as tokens: {@code gather} has the run check that they are in range. */
    private static Optional<Term> ofInput(NodeContext node, Operand index) {
        if (index.known().isPresent() || !isInput(node, index.term(), DEEPEST)) {
            return Optional.empty();
        }
        node.note("Indices that are inputs are counted from the front; ONNX counts negative ones from the end.");
        return Optional.of(index.term());
    }

    private static boolean isInput(NodeContext node, Term term, int depth) {
        if (depth == 0) {
            return false;
        }
        return switch (term) {
            case Term.Ref ref ->
                node.meaning(ref.value())
                        .map(m -> isInput(node, m, depth - 1))
                        .orElseGet(() -> node.isInput(ref.value()));
            case Term.Call c ->
                switch (c.function()) {
                    case "reshape", "cast", "merge_axes", "split_axis", "unsqueeze", "squeeze" ->
                        isInput(node, c.arguments().getFirst().term(), depth - 1);
                    default -> false;
                };
            default -> false;
        };
    }

    private static void gatherElements(NodeContext node) {
        Operand x = node.operand(0);
        Operand index = node.operand(1);
        int axis = NodeAxes.attribute(node, 0, x.rank());
        Term from = within(x, index, axis);
        Term place = fromFront(node, index, x.dims().get(axis));
        Term taken = Call.of("take_along", from, place, Terms.whole(NodeAxes.written(axis, x.rank())));
        node.define(0, taken, Terms.type(x.dtype(), index.dims()));
    }

    /** The part of a tensor that an index reaches, which may be smaller along the other axes. */
    private static Term within(Operand x, Operand index, int axis) {
        List<Index> parts = new ArrayList<>();
        boolean isWhole = true;
        for (int i = 0; i < x.rank(); i++) {
            boolean isPart = i != axis && !x.dims().get(i).equals(index.dims().get(i));
            isWhole &= !isPart;
            parts.add(
                    isPart
                            ? new Index.Range(
                                    Optional.empty(),
                                    Optional.of(Terms.length(index.dims().get(i))),
                                    Optional.empty())
                            : Terms.all());
        }
        return isWhole ? Terms.tensor(x) : new Term.Subscript(Terms.tensor(x), parts);
    }

    private static void gatherNd(NodeContext node) {
        Operand x = node.operand(0);
        Operand index = node.operand(1);
        int batches = (int) node.attribute("batch_dims", 0);
        int named = named(index);
        for (int i = 0; i < batches; i++) {
            node.unify(x.dims().get(i), index.dims().get(i));
        }
        List<Dim> shape = new ArrayList<>(index.dims().subList(0, index.rank() - 1));
        shape.addAll(x.dims().subList(batches + named, x.rank()));
        List<Object> more = batches == 0 ? List.of() : List.of("batch_axes", Terms.whole(batches));
        Term place = places(node, index, x.dims().subList(batches, batches + named));
        Term term = Terms.call("gather_nd", List.of(Terms.tensor(x), place), more.toArray());
        node.define(0, term, Terms.type(x.dtype(), shape));
    }

    /** How many axes the last axis of an index names. */
    private static int named(Operand index) {
        Dim last = index.dims().getLast();
        if (!last.isKnown()) {
            throw new UnsupportedNode("its indices name " + last + " axes");
        }
        return (int) last.value();
    }

    /** Indices of several axes, counted from the front. */
    private static Term places(NodeContext node, Operand index, List<Dim> lengths) {
        if (Signs.isNonNegative(node, index)) {
            return Terms.tensor(index);
        }
        if (lengths.size() == 1) {
            return fromFront(node, index, lengths.getFirst());
        }
        Term all = lengths.stream().allMatch(Dim::isKnown)
                ? Call.of("tensor", Terms.lengths(lengths), Terms.dtype(index.dtype()))
                : new Call(
                        "stack",
                        List.of(Term.Argument.of(new Items(lengths.stream()
                                .<Term>map(d -> Call.of(
                                        "full", Terms.lengths(List.of()), Terms.length(d), Terms.dtype(index.dtype())))
                                .toList()))));
        return Terms.where(Terms.isNegative(index), Terms.plus(index.term(), all), index.term());
    }

    private static void scatterNd(NodeContext node) {
        Operand x = node.operand(0);
        Operand index = node.operand(1);
        Term place = places(node, index, x.dims().subList(0, named(index)));
        List<Term> operands = List.of(Terms.tensor(x), place, Terms.tensor(node.operand(2)));
        node.define(0, Terms.call("scatter_nd", operands, reduction(node)), x.type());
    }

    private static void scatterElements(NodeContext node) {
        Operand x = node.operand(0);
        Operand index = node.operand(1);
        int axis = NodeAxes.attribute(node, 0, x.rank());
        Term place = fromFront(node, index, x.dims().get(axis));
        Term part = within(x, index, axis);
        List<Term> operands =
                List.of(part, place, Terms.tensor(node.operand(2)), Terms.whole(NodeAxes.written(axis, x.rank())));
        Term changed = Terms.call("scatter_along", operands, reduction(node));
        node.define(0, withRest(x, index, axis, changed), x.type());
    }

    /** What an index does not reach along the other axes, behind what it does: one axis after the other. */
    private static Term withRest(Operand x, Operand index, int axis, Term part) {
        List<Dim> reached = new ArrayList<>(index.dims());
        Term whole = part;
        for (int i = 0; i < x.rank(); i++) {
            if (i == axis || x.dims().get(i).equals(reached.get(i))) {
                continue;
            }
            List<Index> rest = new ArrayList<>();
            for (int j = 0; j < x.rank(); j++) {
                boolean isPart = j > i && j != axis && !x.dims().get(j).equals(reached.get(j));
                Optional<Term> from = j == i ? Optional.of(Terms.length(reached.get(j))) : Optional.empty();
                Optional<Term> to = isPart ? Optional.of(Terms.length(reached.get(j))) : Optional.empty();
                rest.add(new Index.Range(from, to, Optional.empty()));
            }
            whole = Terms.call(
                    "concat",
                    new Items(List.of(whole, new Term.Subscript(Terms.tensor(x), rest))),
                    "axis",
                    Terms.whole(NodeAxes.written(i, x.rank())));
        }
        return whole;
    }

    /** A cache whose elements from a place on are new, the place one for each text. */
    private static void update(NodeContext node) {
        Operand cache = node.operand(0);
        Operand update = node.operand(1);
        int axis = NodeAxes.attribute(node, -2, cache.rank());
        Term row = Terms.along(Call.of("iota", Terms.length(update.dims().get(axis))), axis, cache.rank());
        Term place = node.has(2) ? Terms.plus(Terms.along(Terms.tensor(node.operand(2)), 0, cache.rank()), row) : row;
        boolean isCircular = node.attribute("mode", "linear").equals("circular");
        Term within = isCircular
                ? new Term.Infix("%", place, Terms.length(cache.dims().get(axis)))
                : place;
        Term everywhere = Call.of("expand", within, Terms.lengths(update.dims()));
        List<Term> operands = List.of(Terms.tensor(cache), everywhere, Terms.tensor(update), Terms.whole(axis));
        node.define(0, Terms.call("scatter_along", operands), cache.type());
    }

    private static Object[] reduction(NodeContext node) {
        String reduction = node.attribute("reduction", "none");
        return reduction.equals("none") ? new Object[0] : new Object[] {"reduce", new Term.Text(reduction)};
    }
}
