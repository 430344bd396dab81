package heddle.compiler.pack;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sum of the elements up to each along an axis, which {@code cumsum} computes in blocks:
 *
 * <pre>
 * within its text   ⇒   sum up to the token, less the sum up to where its text begins
 * </pre>
 *
 * Whole numbers alone are summed so: the difference of two sums of them is exact.
 *
 * @param of what is summed up
 */
record RunningSum(Value of, int axis) {
    private static final Dim BLOCK = Dim.of(128);

    /** An operation and its operands; without an operation, whatever is summed up. */
    private record Step(Optional<Op> op, List<Step> operands) {
        static Step of(Op op, Step... operands) {
            return new Step(Optional.of(op), List.of(operands));
        }

        /** What is summed up when {@code value} is computed like this. */
        boolean matches(Graph graph, Value value, Map<Step, Value> bound) {
            if (op.isEmpty()) {
                Value known = bound.putIfAbsent(this, value);
                return known == null || known.equals(value);
            }
            List<Value> given = graph.operands(value.node());
            boolean same = value.node().op().equals(op.get()) && given.size() == operands.size();
            for (int slot = 0; same && slot < given.size(); slot++) {
                same = operands.get(slot).matches(graph, given.get(slot), bound);
            }
            return same;
        }

        Value emitted(Graph.Builder out, Origin origin, Value summed) {
            return op.map(o -> out.part(
                            o,
                            origin,
                            operands.stream()
                                    .map(s -> s.emitted(out, origin, summed))
                                    .toArray(Value[]::new)))
                    .orElse(summed);
        }
    }

    private static final Step SUMMED = new Step(Optional.empty(), List.of());

    /** The running sum along an axis of tokens that a node is, if it is one. */
    static Optional<RunningSum> in(Graph graph, Node node, Dim tokens) {
        if (!(node.op() instanceof Slice)) {
            return Optional.empty();
        }
        for (int axis = 0; axis < node.type().rank(); axis++) {
            Map<Step, Value> bound = new HashMap<>();
            if (node.type().dim(axis).equals(tokens) && steps(node.type(), axis).matches(graph, node.value(), bound)) {
                return Optional.of(new RunningSum(bound.get(SUMMED), axis));
            }
        }
        return Optional.empty();
    }

    private static Step steps(TensorType type, int axis) {
        Shape shape = type.shape();
        Dim length = shape.dim(axis);
        Dim count = length.ceilDiv(BLOCK);
        Shape padded = shape.with(axis, count.times(BLOCK));
        List<Dim> cut = new ArrayList<>(shape.dims());
        cut.set(axis, count);
        List<Dim> counts = List.copyOf(cut);
        cut.add(axis + 1, BLOCK);
        List<Dim> none = Collections.nCopies(shape.rank(), Dim.ZERO);
        List<Dim> margin = new ArrayList<>(none);
        margin.set(axis, padded.dim(axis).minus(length));
        Step blocks = Step.of(new Reshape(new Shape(cut)), Step.of(new Pad(none, margin, 0), SUMMED));
        Step inside = inRow(type, blocks, cut, axis + 1, ScalarFn.LE);
        Step wholes = Step.of(new Reduce(Reduction.SUM, List.of(axis + 1), false), blocks);
        Step outside = inRow(type, wholes, counts, axis, ScalarFn.LT);
        Step before = Step.of(new Reshape(inserted(counts, axis + 1)), outside);
        Step sums = Step.of(new Elementwise(ScalarFn.ADD), inside, before);
        return Step.of(Slice.along(padded, axis, Dim.ZERO, length), Step.of(new Reshape(padded), sums));
    }

    private static Step inRow(TensorType type, Step x, List<Dim> dims, int axis, ScalarFn counts) {
        Dim length = dims.get(axis);
        Step own = positions(length, axis, dims.size() + 1);
        Step other = positions(length, axis + 1, dims.size() + 1);
        Step counted = Step.of(
                new Elementwise(ScalarFn.SELECT),
                Step.of(new Elementwise(counts), other, own),
                Step.of(new Reshape(inserted(dims, axis)), x),
                Step.of(Constant.scalar(type.dtype(), 0)));
        return Step.of(new Reduce(Reduction.SUM, List.of(axis + 1), false), counted);
    }

    private static Step positions(Dim length, int axis, int rank) {
        List<Dim> dims = new ArrayList<>(Collections.nCopies(rank, Dim.ONE));
        dims.set(axis, length);
        return Step.of(new Reshape(new Shape(dims)), Step.of(new Iota(length)));
    }

    private static Shape inserted(List<Dim> dims, int axis) {
        List<Dim> with = new ArrayList<>(dims);
        with.add(axis, Dim.ONE);
        return new Shape(with);
    }

    /** The sum within each text. */
    Tracked packed(Node node, Tracked x, PackedValues values) {
        if (x.value().type().dtype().isFloat()) {
            throw new DeclinedException(
                    node,
                    "a running sum of floats goes over all tokens up to each, those of other texts too",
                    "let tokens see each other by attention; sums of whole numbers may run along tokens");
        }
        if (x.perRow() || !x.hasRows()) {
            throw new DeclinedException(
                    node,
                    "a running sum goes over numbers that are the same in each row",
                    "compute with positions: iota(" + values.tokens() + ")");
        }
        Graph.Builder out = values.out();
        Origin origin = node.origin();
        TensorType type = x.value().type();
        Value sums = steps(type, axis).emitted(out, origin, x.value());
        Value before = out.part(new Elementwise(ScalarFn.SUB), origin, sums, x.value());
        Value place = out.part(new Iota(values.tokens()), origin);
        Value first = out.part(
                new Elementwise(ScalarFn.SUB), origin, place, values.positions().value());
        Value index = out.part(new Expand(type.shape()), origin, values.along(first, values.own(x), axis, origin));
        Value others = out.part(new TakeAlong(axis), origin, before, index);
        Value within = out.value(new Elementwise(ScalarFn.SUB), origin, sums, others);
        return new Tracked(within, x.axes(), false);
    }
}
