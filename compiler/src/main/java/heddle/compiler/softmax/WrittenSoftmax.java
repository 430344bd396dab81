package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Concat;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Expand;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Slice;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A written-out softmax, and the scores that it is the softmax of.
 *
 * @param x    the scores
 * @param sink makes an additional score for each row, to be dropped after the softmax
 * @param term the term of the softmax, see {@link Softmax}
 */
record WrittenSoftmax(Value x, int axis, Optional<BiFunction<Rewriter, Origin, Value>> sink, double term) {
    /**
     * Of {@code exp(y) / (t + sum(exp(y)))}, where {@code y} is {@code x} or {@code x - m} with one m for each row:
     *
     * <pre>
     * no t                 softmax of x, when m is the maximum of x
     * exp(z - m)           z beside x, whatever m is, as long as it is one number for each row
     * exp(-m)              zero beside x
     * exp(z)               z beside y
     * n * exp(…)           the same, the logarithm of the number n added
     * a number             a term, when m is the maximum of x, or nothing, when it is lost beside a sum of at least one;
     *                      else its logarithm beside y
     * </pre>
     */
    static Optional<WrittenSoftmax> of(Graph graph, ElementReference written, RowSum sum) {
        int axis = sum.axis();
        ElementReference y = Exponents.withoutSecondMask(graph, written);
        Optional<ElementReference> unshifted = unshifted(graph, y, axis);
        WrittenSoftmax plain = new WrittenSoftmax(unshifted.orElse(written).value(), axis, Optional.empty(), 0);
        boolean isOneAtLeast = unshifted.isPresent() && isByOwnMaximum(graph, y);
        if (sum.least() > 0 && !(isOneAtLeast && sum.least() <= 1)) {
            return Optional.empty();
        }
        if (sum.term().isEmpty()) {
            return Optional.of(plain);
        }
        ElementReference term = sum.term().get().behindViews(graph);
        Optional<Double> number = term.number();
        if (number.isPresent()) {
            double c = number.get();
            boolean lost = c == 0
                    || isOneAtLeast && Math.abs(c) < unit(y.value().type().dtype()) / 4;
            if (lost) {
                return Optional.of(plain);
            }
            if (!(c > 0 && c < Double.POSITIVE_INFINITY)) {
                return Optional.empty();
            }
            return Optional.of(
                    isOneAtLeast
                            ? new WrittenSoftmax(plain.x, axis, Optional.empty(), c)
                            : beside(written.value(), axis, Math.log(c)));
        }
        if (term.is(ScalarFn.MUL)) {
            return times(graph, written, sum, term, 0).or(() -> times(graph, written, sum, term, 1));
        }
        return term.is(ScalarFn.EXP)
                ? beside(graph, y, axis, term.operand(graph, 0))
                        .or(() -> beside(
                                written,
                                written.value(),
                                axis,
                                sum.term().get(),
                                exponent(graph, sum.term().get())))
                : Optional.empty();
    }

    /** Of a term that is a positive number, in {@code slot}, times another term. */
    private static Optional<WrittenSoftmax> times(
            Graph graph, ElementReference written, RowSum sum, ElementReference product, int slot) {
        return product.operand(graph, slot)
                .behindViews(graph)
                .number()
                .filter(n -> n > 0 && n < Double.POSITIVE_INFINITY)
                .flatMap(n -> of(graph, written, sum.with(product.operand(graph, 1 - slot)))
                        .filter(softmax -> softmax.sink.isPresent())
                        .map(softmax -> softmax.sinkPlus(Math.log(n))));
    }

    private WrittenSoftmax sinkPlus(double number) {
        return new WrittenSoftmax(
                x,
                axis,
                sink.map(score -> (rewriter, origin) -> {
                    Constant constant = Constant.scalar(x.type().dtype(), number);
                    Value more = rewriter.out().part(constant, origin);
                    return rewriter.out()
                            .part(new Elementwise(ScalarFn.ADD), origin, score.apply(rewriter, origin), more);
                }),
                term);
    }

    /** How far apart numbers near one are. */
    private static double unit(DType type) {
        return switch (type) {
            case F64 -> 0x1p-52;
            case F16 -> 0x1p-10;
            case BF16 -> 0x1p-7;
            default -> 0x1p-23;
        };
    }

    private static Optional<WrittenSoftmax> beside(
            Graph graph, ElementReference y, int axis, ElementReference exponent) {
        if (y.is(ScalarFn.SUB) && isOfRow(y.operand(graph, 1).behindViews(graph), y, axis)) {
            Value x = graph.operand(y.node(), 0);
            ElementReference shift = y.operand(graph, 1).behindViews(graph);
            ElementReference e = exponent.behindViews(graph);
            if (negated(graph, e).filter(shift::equals).isPresent()) {
                return Optional.of(beside(x, axis, 0));
            }
            if (e.is(ScalarFn.SUB) && e.operand(graph, 1).behindViews(graph).equals(shift)) {
                ElementReference z = e.operand(graph, 0);
                return beside(y, x, axis, z, (r, origin) -> r.get(z.value()));
            }
        }
        return Optional.empty();
    }

    /** The x of {@code -x} and of {@code x * -1}. */
    private static Optional<ElementReference> negated(Graph graph, ElementReference e) {
        if (e.is(ScalarFn.NEG)) {
            return Optional.of(e.operand(graph, 0).behindViews(graph));
        }
        for (int slot = 0; e.is(ScalarFn.MUL) && slot < 2; slot++) {
            if (e.operand(graph, slot).behindViews(graph).is(-1)) {
                return Optional.of(e.operand(graph, 1 - slot).behindViews(graph));
            }
        }
        return Optional.empty();
    }

    /** Whether a place is the same one for all elements of the row that {@code y} is in. */
    private static boolean isOfRow(ElementReference place, ElementReference y, int axis) {
        Set<Axis> along = new HashSet<>();
        ScalarExprs.visit(y.index().get(axis), e -> {
            if (e instanceof ScalarExpr.Index i) {
                along.add(i.axis());
            }
        });
        return along.stream().noneMatch(a -> place.index().stream().anyMatch(x -> ScalarExprs.reads(x, a)));
    }

    private static WrittenSoftmax beside(Value x, int axis, double number) {
        Constant constant = Constant.scalar(x.type().dtype(), number);
        return new WrittenSoftmax(x, axis, Optional.of((r, origin) -> r.out().part(constant, origin)), 0);
    }

    /** Makes what an exponential is taken of, under the views through which it is read. */
    private static BiFunction<Rewriter, Origin, Value> exponent(Graph graph, ElementReference read) {
        ElementReference at = read;
        List<Node> views = new ArrayList<>();
        while (!at.is(ScalarFn.EXP)) {
            views.add(at.node());
            at = at.operand(graph, 0);
        }
        Value exponent = graph.operand(at.node(), 0);
        return (r, origin) -> {
            Value value = r.get(exponent);
            for (Node view : views.reversed()) {
                value = r.out().part(view.op(), origin, value);
            }
            return value;
        };
    }

    /**
     * A sink has one score for each row that it is broadcast to.
     *
     * @param sink where it is read
     * @param made makes it
     */
    private static Optional<WrittenSoftmax> beside(
            ElementReference y, Value x, int axis, ElementReference sink, BiFunction<Rewriter, Origin, Value> made) {
        List<ScalarExpr> row = y.row(axis, true);
        int missing = row.size() - sink.index().size();
        boolean fits = missing >= 0 && x.type().equals(y.value().type());
        for (int n = 0; fits && n < sink.index().size(); n++) {
            boolean one = sink.value().type().dim(n).is(1);
            fits = one || n + missing != axis && sink.index().get(n).equals(row.get(n + missing));
        }
        return fits ? Optional.of(new WrittenSoftmax(x, axis, Optional.of(made), 0)) : Optional.empty();
    }

    /**
     * The x of {@code x - max(x)}, and of {@code where(m, x, c) - max(x)}: any shift that is the same for all of a row is one
     * that softmax makes anyway.
     */
    static Optional<ElementReference> unshifted(Graph graph, ElementReference y, int axis) {
        if (!y.is(ScalarFn.SUB)) {
            return Optional.empty();
        }
        ElementReference x = y.operand(graph, 0);
        ElementReference shift = Exponents.shift(graph, y.operand(graph, 1));
        boolean isMaximum = x.value().type().equals(y.value().type())
                && shift.node().op() instanceof Reduce r
                && r.kind() == Reduction.MAX
                && r.axes().equals(List.of(axis))
                && isMaskOf(graph, x, graph.operand(shift.node(), 0))
                && shift.index().equals(x.row(axis, r.keepDims()));
        return isMaximum ? Optional.of(x) : Optional.empty();
    }

    /** Whether {@code x} is {@code unmasked}, or that where a mask says so. */
    private static boolean isMaskOf(Graph graph, ElementReference x, Value unmasked) {
        if (x.value().equals(unmasked)) {
            return true;
        }
        return x.is(ScalarFn.SELECT)
                && (isMaskOf(graph, x.operand(graph, 1), unmasked) || isMaskOf(graph, x.operand(graph, 2), unmasked));
    }

    /**
     * Whether a shift is by the maximum of just what it is taken from, so that the exponentials of a row sum to one at
     * least, or to zero where it is masked throughout.
     */
    private static boolean isByOwnMaximum(Graph graph, ElementReference y) {
        Node shift = Exponents.shift(graph, y.operand(graph, 1)).node();
        ElementReference x = y.operand(graph, 0);
        ElementReference reduced = new ElementReference(graph.operand(shift, 0), x.index());
        return reduced.equals(x) || Exponents.of(graph, reduced).equals(Exponents.of(graph, x));
    }

    /** Adds the softmax to the new graph. */
    Value addTo(Rewriter rewriter, Origin origin) {
        Graph.Builder out = rewriter.out();
        Value scores = rewriter.get(x);
        if (sink.isEmpty()) {
            return out.value(new Softmax(axis, term), origin, scores);
        }
        TensorType type = scores.type();
        Shape column = type.shape().with(axis, Dim.ONE);
        Value last = out.part(new Expand(column), origin, sink.get().apply(rewriter, origin));
        Value joined = out.part(new Concat(axis), origin, scores, last);
        Value softmax = out.value(new Softmax(axis), origin, joined);
        return out.part(Slice.along(joined.type().shape(), axis, Dim.ZERO, type.dim(axis)), origin, softmax);
    }
}
