package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The same elements under other axes. */
final class Reshapes {
    private Reshapes() {}

    static void addTo(OperatorTable table) {
        table.add("", "Reshape", Reshapes::reshape);
        table.add("", "Flatten", Reshapes::flatten);
        table.add("", "Squeeze", Reshapes::squeeze);
        table.add("", "Unsqueeze", Reshapes::unsqueeze);
        table.add("", "Transpose", Reshapes::transpose);
        table.add("", "DepthToSpace", Reshapes::depthToSpace);
        table.add("", "SpaceToDepth", Reshapes::spaceToDepth);
    }

    /** A 0 keeps the axis, unless {@code allowzero} says that it has no elements; -1 is worked out. */
    private static void reshape(NodeContext node) {
        Operand x = node.operand(0);
        boolean zeroIsZero = node.attribute("allowzero", 0) != 0;
        List<Dim> shape = new ArrayList<>(node.lengths(1, "shape"));
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i).isZero() && !zeroIsZero) {
                shape.set(i, x.dims().get(NodeAxes.of(i, x.rank())));
            }
        }
        Dim size = Terms.product(x.dims());
        int open = shape.indexOf(Dim.of(-1));
        if (open >= 0) {
            Dim others = Terms.product(Terms.with(shape, open, Dim.ONE));
            shape.set(open, size.dividedExactlyBy(others).orElseThrow(() -> doesNotFit(x, shape)));
        } else if (!Terms.product(shape).equals(size)) {
            agree(node, x, shape);
        }
        define(node, x, shape);
    }

    /** Makes two symbols for one length the same, where all other lengths agree. */
    private static void agree(NodeContext node, Operand x, List<Dim> shape) {
        List<Dim> from = new ArrayList<>(x.dims());
        List<Dim> to = new ArrayList<>();
        for (Dim d : shape) {
            if (!from.remove(d)) {
                to.add(d);
            }
        }
        Dim left = Terms.product(from);
        Dim right = Terms.product(to);
        if (to.size() != 1 || from.size() != 1) {
            throw doesNotFit(x, shape);
        }
        node.unify(left, right);
    }

    private static UnsupportedNode doesNotFit(Operand x, List<Dim> shape) {
        return new UnsupportedNode("it is not known whether " + x.type() + " has the elements of the shape " + shape);
    }

    /** The call that says best what happens to the axes. */
    static Term write(Operand x, List<Dim> shape) {
        List<Dim> dims = x.dims();
        int same = 0;
        while (same < Math.min(dims.size(), shape.size()) && dims.get(same).equals(shape.get(same))) {
            same++;
        }
        int last = 0;
        while (last < Math.min(dims.size(), shape.size()) - same
                && dims.get(dims.size() - 1 - last).equals(shape.get(shape.size() - 1 - last))) {
            last++;
        }
        int from = dims.size() - same - last;
        int to = shape.size() - same - last;
        Term term = Terms.tensor(x);
        if (from == 1 && to > 1 && !dims.get(same).is(1)) {
            Term sizes = Terms.lengths(shape.subList(same, same + to));
            return Call.of("split_axis", term, Terms.whole(NodeAxes.written(same, x.rank())), sizes);
        }
        if (from > 1 && to == 1 && !shape.get(same).is(1)) {
            int end = same + from - 1;
            boolean atEnd = end == x.rank() - 1;
            return Call.of("merge_axes", term, Terms.whole(atEnd ? -from : same), Terms.whole(atEnd ? -1 : end));
        }
        return Terms.reshape(term, shape);
    }

    private static void define(NodeContext node, Operand x, List<Dim> shape) {
        if (x.dims().equals(shape)) {
            node.define(0, x);
        } else {
            node.define(0, write(x, shape), Terms.type(x.dtype(), shape));
        }
    }

    private static void flatten(NodeContext node) {
        Operand x = node.operand(0);
        long axis = node.attribute("axis", 1);
        int cut = (int) (axis < 0 ? axis + x.rank() : axis);
        if (cut < 0 || cut > x.rank()) {
            throw new UnsupportedNode("it names axis " + axis + " of a tensor of " + x.rank() + " axes");
        }
        define(
                node,
                x,
                List.of(
                        Terms.product(x.dims().subList(0, cut)),
                        Terms.product(x.dims().subList(cut, x.rank()))));
    }

    private static void squeeze(NodeContext node) {
        Operand x = node.operand(0);
        List<Integer> axes = NodeAxes.listed(node, 1, x.rank())
                .orElseGet(() -> NodeAxes.all(x.rank()).stream()
                        .filter(a -> x.dims().get(a).is(1))
                        .toList());
        axes.forEach(a -> node.unify(x.dims().get(a), Dim.ONE));
        List<Dim> shape = IntStream.range(0, x.rank())
                .filter(a -> !axes.contains(a))
                .mapToObj(x.dims()::get)
                .toList();
        Term term = Terms.tensor(x);
        for (int axis : axes.reversed()) {
            boolean isLast = axis == x.rank() - 1 && axes.size() == 1;
            term = Call.of("squeeze", term, Terms.whole(isLast ? -1 : axis));
        }
        node.define(0, term, Terms.type(x.dtype(), shape));
    }

    private static void unsqueeze(NodeContext node) {
        Operand x = node.operand(0);
        List<Long> given = node.attributeInts("axes").orElseGet(() -> NodeAxes.numbers(node, 1, "axes"));
        int rank = x.rank() + given.size();
        TreeSet<Integer> axes = new TreeSet<>();
        given.forEach(a -> axes.add(NodeAxes.of(a, rank)));
        List<Dim> shape = new ArrayList<>();
        List<Index> indices = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            boolean isNew = axes.contains(i);
            shape.add(
                    isNew
                            ? Dim.ONE
                            : x.dims().get(shape.size() - axes.headSet(i).size()));
            indices.add(isNew ? new Index.New() : Terms.all());
        }
        node.define(0, inserted(node, x, shape, indices), Terms.type(x.dtype(), shape));
    }

    private static Term inserted(NodeContext node, Operand x, List<Dim> shape, List<Index> indices) {
        if (x.rank() == 0) {
            return Terms.reshape(Terms.tensor(x), shape);
        }
        Optional<Term.Subscript> before = insertion(node, x.term());
        if (before.isPresent()) {
            return new Term.Subscript(before.get().operand(), written(together(before.get(), x.rank(), indices)));
        }
        return new Term.Subscript(x.term(), written(indices));
    }

    /** What inserted axes before, to be written as one with those of now. */
    private static Optional<Term.Subscript> insertion(NodeContext node, Term term) {
        return term instanceof Term.Ref ref
                ? node.meaning(ref.value())
                        .filter(Term.Subscript.class::isInstance)
                        .map(Term.Subscript.class::cast)
                        .filter(s ->
                                s.indices().stream().allMatch(i -> i instanceof Index.New || i.equals(Terms.all())))
                : Optional.empty();
    }

    private static List<Index> together(Term.Subscript before, int rank, List<Index> indices) {
        List<Index> inner = new ArrayList<>(before.indices());
        while (inner.size() < rank) {
            inner.add(Terms.all());
        }
        return indices.stream()
                .map(i -> i instanceof Index.New ? i : inner.removeFirst())
                .toList();
    }

    private static List<Index> written(List<Index> indices) {
        // Whole axes behind the last new one go without saying; many before it are the rest.
        List<Index> written = new ArrayList<>(indices);
        while (!(written.getLast() instanceof Index.New)) {
            written.removeLast();
        }
        int first = indices.indexOf(new Index.New());
        if (first > 1 && indices.subList(first, indices.size()).stream().allMatch(Index.New.class::isInstance)) {
            written.subList(0, first).clear();
            written.addFirst(new Index.Rest());
        }
        return written;
    }

    private static void transpose(NodeContext node) {
        Operand x = node.operand(0);
        List<Integer> order = node.attributeInts("perm")
                .map(p -> p.stream().map(a -> NodeAxes.of(a, x.rank())).toList())
                .orElse(NodeAxes.all(x.rank()).reversed());
        List<Dim> shape = order.stream().map(x.dims()::get).toList();
        node.define(0, permuted(Terms.tensor(x), order), Terms.type(x.dtype(), shape));
    }

    /** Axes in another order, as a swap of two where it is one. */
    static Term permuted(Term x, List<Integer> order) {
        List<Integer> moved = IntStream.range(0, order.size())
                .filter(i -> order.get(i) != i)
                .boxed()
                .toList();
        if (moved.isEmpty()) {
            return x;
        }
        if (moved.size() != 2) {
            return Call.of("permute", x, Terms.wholes(order));
        }
        boolean areLast = moved.getFirst() == order.size() - 2;
        return areLast
                ? Call.of("transpose", x)
                : Call.of("transpose", x, Terms.whole(moved.get(0)), Terms.whole(moved.get(1)));
    }

    private static void depthToSpace(NodeContext node) {
        Operand x = node.operand(0);
        Dim block = Dim.of(node.attribute("blocksize", 1));
        Dim channels = parts(x.dims().get(1), block.times(block));
        Dim height = x.dims().get(2);
        Dim width = x.dims().get(3);
        Dim batch = x.dims().getFirst();
        boolean columnsFirst = node.attribute("mode", "DCR").equals("CRD");
        Term cut = Terms.reshape(
                x.term(),
                columnsFirst
                        ? List.of(batch, channels, block, block, height, width)
                        : List.of(batch, block, block, channels, height, width));
        Term ordered = Terms.call(
                "permute",
                List.of(cut, Terms.wholes(columnsFirst ? List.of(0, 1, 4, 2, 5, 3) : List.of(0, 3, 4, 1, 5, 2))));
        List<Dim> shape = List.of(batch, channels, height.times(block), width.times(block));
        node.define(0, Terms.reshape(ordered, shape), Terms.type(x.dtype(), shape));
    }

    private static void spaceToDepth(NodeContext node) {
        Operand x = node.operand(0);
        Dim block = Dim.of(node.attribute("blocksize", 1));
        Dim batch = x.dims().getFirst();
        Dim channels = x.dims().get(1);
        Dim height = parts(x.dims().get(2), block);
        Dim width = parts(x.dims().get(3), block);
        Term cut = Terms.reshape(x.term(), List.of(batch, channels, height, block, width, block));
        Term ordered = Call.of("permute", cut, Terms.wholes(List.of(0, 3, 5, 1, 2, 4)));
        List<Dim> shape = List.of(batch, channels.times(block).times(block), height, width);
        node.define(0, Terms.reshape(ordered, shape), Terms.type(x.dtype(), shape));
    }

    private static Dim parts(Dim length, Dim part) {
        return length.dividedExactlyBy(part)
                .orElseThrow(() -> new UnsupportedNode("the length " + length + " does not divide by " + part));
    }
}
