package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Parts of tensors: ranges with bounds that may be negative or beyond the ends, and lists of parts. */
final class Slices {
    private Slices() {}

    static void addTo(OperatorTable table) {
        table.add("", "Slice", Slices::slice);
        table.add("", "Split", Slices::split);
    }

    private static void slice(NodeContext node) {
        Operand x = node.operand(0);
        List<Dim> starts = bounds(node, "starts", 1);
        List<Dim> ends = bounds(node, "ends", 2);
        List<Long> axes = node.attributeInts("axes")
                .orElseGet(() -> node.has(3)
                        ? NodeAxes.numbers(node, 3, "axes")
                        : LongStream.range(0, starts.size()).boxed().toList());
        List<Long> steps = node.has(4) ? NodeAxes.numbers(node, 4, "steps") : Collections.nCopies(starts.size(), 1L);
        List<Dim> shape = new ArrayList<>(x.dims());
        List<Index> indices = new ArrayList<>(Collections.nCopies(x.rank(), Terms.all()));
        for (int i = 0; i < starts.size(); i++) {
            int axis = NodeAxes.of(axes.get(i), x.rank());
            if (starts.size() == 1
                    && steps.getFirst() == 1
                    && isRow(node, x, axis, starts.getFirst(), ends.getFirst())) {
                return;
            }
            Cut cut = Cut.of(node, x.dims().get(axis), starts.get(i), ends.get(i), steps.get(i));
            shape.set(axis, cut.length());
            indices.set(axis, cut.index());
        }
        TensorType type = Terms.type(x.dtype(), shape);
        if (indices.stream().allMatch(Terms.all()::equals)) {
            node.define(0, x);
        } else if (shape.stream().anyMatch(d -> d.is(0))) {
            node.define(0, Term.Call.of("zeros", Terms.lengths(shape), Terms.dtype(x.dtype())), type);
        } else {
            node.define(0, new Term.Subscript(x.term(), written(indices)), type);
        }
    }

    /** Of a buffer of positions, as many as a run has: they are made anew. */
    private static boolean isRow(NodeContext node, Operand x, int axis, Dim start, Dim end) {
        Optional<Positions> row = x.known().isPresent() ? Positions.of(node, x.term()) : Optional.empty();
        boolean isSymbolic = !start.isKnown() || !end.isKnown();
        if (row.isEmpty()
                || !isSymbolic
                || !start.isNonNegative()
                || !end.minus(start).isNonNegative()
                || x.dims().get(axis).is(1)) {
            return false;
        }
        TensorType type = Terms.type(x.dtype(), Terms.with(x.dims(), axis, end.minus(start)));
        node.define(0, row.get().part(start, end).term(), type);
        return true;
    }

    /** The attribute of versions below 10, the operand of later ones. */
    private static List<Dim> bounds(NodeContext node, String name, int operand) {
        return node.attributeInts(name)
                .map(all -> all.stream().map(Dim::of).toList())
                .orElseGet(() -> node.lengths(operand, name));
    }

    /** Without whole axes at the end; two and more before the last are the rest. */
    private static List<Index> written(List<Index> indices) {
        List<Index> written = new ArrayList<>(indices);
        while (written.getLast().equals(Terms.all())) {
            written.removeLast();
        }
        int cut = written.size() - 1;
        if (written.size() == indices.size()
                && cut > 1
                && written.subList(0, cut).stream().allMatch(Terms.all()::equals)) {
            return List.of(new Index.Rest(), written.getLast());
        }
        return written;
    }

    /** A range of an axis, within its bounds. */
    private record Cut(Index index, Dim length) {
        static Cut of(NodeContext node, Dim axis, Dim start, Dim end, long step) {
            if (step == 0) {
                throw new UnsupportedNode("a step of 0");
            }
            return step > 0 ? forwards(node, axis, start, end, step) : backwards(node, axis, start, end, step);
        }

        private static Cut forwards(NodeContext node, Dim axis, Dim start, Dim end, long step) {
            Dim from = place(node, start, axis, Dim.ZERO, axis);
            Dim to = place(node, end, axis, Dim.ZERO, axis);
            if (isNegative(to.minus(from))) {
                return new Cut(range(from, from, 1, Dim.ZERO, axis, start, end), Dim.ZERO);
            }
            return new Cut(
                    range(from, to, step, Dim.ZERO, axis, start, end),
                    to.minus(from).ceilDiv(Dim.of(step)));
        }

        private static Cut backwards(NodeContext node, Dim axis, Dim start, Dim end, long step) {
            Dim last = axis.minus(1);
            Dim from = place(node, start, axis, Dim.of(-1), last);
            Dim to = place(node, end, axis, Dim.of(-1), last);
            Dim elements = from.minus(to);
            Index index = new Index.Range(
                    from.equals(last) ? Optional.empty() : Optional.of(Terms.length(from)),
                    to.is(-1) ? Optional.empty() : Optional.of(Terms.length(to)),
                    Optional.of(Terms.whole(step)));
            return new Cut(index, isNegative(elements) ? Dim.ZERO : elements.ceilDiv(Dim.of(-step)));
        }

        /** What is at an end of the axis is left out; what is counted from the end in the file is so here, too. */
        private static Index range(Dim from, Dim to, long step, Dim first, Dim last, Dim start, Dim end) {
            return new Index.Range(
                    from.equals(first) ? Optional.empty() : Optional.of(written(start, from)),
                    to.equals(last) ? Optional.empty() : Optional.of(written(end, to)),
                    step == 1 ? Optional.empty() : Optional.of(Terms.whole(step)));
        }

        /** Only a number is counted from the end in the language. */
        private static Term written(Dim given, Dim bound) {
            return Terms.length(given.isKnown() && given.value() < 0 ? given : bound);
        }

        /** A bound from the front, within the axis. Numbers that no axis is as long as say that it goes to the end. */
        private static Dim place(NodeContext node, Dim given, Dim axis, Dim least, Dim most) {
            if (given.isKnown() && given.value() >= Integer.MAX_VALUE) {
                return most;
            }
            return given.isKnown() && given.value() <= -Integer.MAX_VALUE
                    ? least
                    : clamped(node, fromFront(given, axis), least, most);
        }

        private static Dim fromFront(Dim bound, Dim axis) {
            // -n counts from the end: that n may be 0, where ONNX counts from the front, is no case of files.
            boolean behind = !bound.is(0) && Dim.ZERO.minus(bound).isNonNegative();
            return behind ? bound.plus(axis) : bound;
        }

        /** A bound beyond an end is that end. Where a length decides, the bound is taken to be within the axis. */
        private static Dim clamped(NodeContext node, Dim bound, Dim least, Dim most) {
            if (isNegative(bound.minus(least))) {
                return least;
            }
            Dim room = most.minus(bound);
            if (isNegative(room)) {
                return most;
            }
            if (!room.isNonNegative()) {
                node.note("A slice up to " + bound + " of " + most
                        + " elements is taken as it stands; ONNX ends it at the last element.");
            }
            return bound;
        }

        /** Whether it is below zero for all lengths, of which each is one at least. */
        private static boolean isNegative(Dim dim) {
            return !dim.isZero() && Dim.ZERO.minus(dim).isNonNegative();
        }
    }

    private static void split(NodeContext node) {
        Operand x = node.operand(0);
        int axis = NodeAxes.attribute(node, 0, x.rank());
        Dim length = x.dims().get(axis);
        int count = node.node().outputs().size();
        Optional<List<Dim>> given = node.attributeInts("split")
                .map(all -> all.stream().map(Dim::of).toList())
                .or(() -> node.has(1) ? Optional.of(node.lengths(1, "lengths of its parts")) : Optional.empty());
        List<Dim> parts = given.orElseGet(() -> equalParts(length, count));
        if (given.isPresent()) {
            node.unify(length, parts.stream().reduce(Dim.ZERO, Dim::plus));
        }
        if (parts.size() == 1) {
            node.define(0, x);
            return;
        }
        boolean areEqual = parts.stream().distinct().count() == 1;
        Term cut = Terms.call(
                "split",
                List.of(x.term(), areEqual ? Terms.whole(count) : Terms.lengths(parts)),
                "axis",
                Terms.whole(NodeAxes.written(axis, x.rank())));
        node.defineAll(
                cut,
                parts.stream()
                        .map(p -> Terms.type(x.dtype(), Terms.with(x.dims(), axis, p)))
                        .toList());
    }

    /** Parts of one length; the last one is shorter where the axis does not divide. */
    static List<Dim> equalParts(Dim length, int count) {
        Optional<Dim> exact = length.dividedExactlyBy(Dim.of(count));
        if (exact.isPresent()) {
            return Collections.nCopies(count, exact.get());
        }
        if (!length.isKnown()) {
            throw new UnsupportedNode("the length " + length + " does not divide into " + count + " parts");
        }
        List<Dim> parts = new ArrayList<>(Collections.nCopies(count - 1, length.ceilDiv(Dim.of(count))));
        parts.add(length.minus(parts.stream().reduce(Dim.ZERO, Dim::plus)));
        return parts;
    }
}
