package heddle.compiler.op.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Brings a gradient for each index of some axes to the tensor that was read there: sums over the axes that the index does not read, and
 * arranges the rest as the tensor is.
 *
 * @param read     how the tensor is read
 * @param split    the axes that are read by quotient and remainder, as two each
 * @param backward the axes, after the splits, that are read from the end
 * @param parts    what each index is made of
 */
record ReadGradient(ScalarExpr.Read read, Map<Axis, List<Axis>> split, Set<Axis> backward, List<Part> parts) {
    /**
     * One index of a read.
     *
     * @param steps the axes that it is made of, outermost first; what an axis is around lies within its step
     * @param first where it begins
     */
    private record Part(List<Step> steps, Dim first) {
        private Stream<Axis> axes() {
            return steps.stream().map(Step::axis);
        }

        /** How long the tensor has to be, with what lies between the elements and behind the last one. */
        Dim length() {
            return steps.isEmpty() ? Dim.ONE : steps.getFirst().whole();
        }
    }

    /**
     * An axis of an index.
     *
     * @param length from one of its elements to the next
     */
    private record Step(Axis axis, Dim length) {
        Dim whole() {
            return length.times(axis.extent());
        }
    }

    /** Empty for a table, which is read at indexes that are computed. */
    static Optional<ReadGradient> of(ScalarExpr.Read read) {
        Map<Axis, List<Axis>> split = new LinkedHashMap<>();
        List<ScalarExpr> index =
                read.index().stream().map(IndexSimplifier::simplify).toList();
        for (Optional<ScalarExpr.Apply> next = quotient(index); next.isPresent(); next = quotient(index)) {
            Axis axis = axis(next.get().args().getFirst()).orElseThrow();
            Dim size = Dim.of(((ScalarExpr.IntLiteral) next.get().args().getLast()).value());
            Axis outer = new Axis(
                    axis.name() + "_outer", axis.extent().dividedExactlyBy(size).orElseThrow());
            Axis inner = new Axis(axis.name() + "_inner", size);
            split.put(axis, List.of(outer, inner));
            ScalarExpr joined = ScalarExpr.apply(
                    ScalarFn.ADD,
                    ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(outer), ScalarExpr.of(size)),
                    ScalarExpr.of(inner));
            index = index.stream()
                    .map(x -> IndexSimplifier.simplify(ScalarExprs.substitute(x, Map.of(axis, joined))))
                    .toList();
        }
        Set<Axis> backward = new HashSet<>();
        List<Part> parts = new ArrayList<>();
        for (ScalarExpr x : index) {
            Optional<Part> part = part(IndexSimplifier.form(x), backward);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(part.get());
        }
        List<Axis> all = parts.stream().flatMap(Part::axes).toList();
        return all.stream().distinct().count() == all.size()
                ? Optional.of(new ReadGradient(read, split, backward, parts))
                : Optional.empty();
    }

    private static Optional<Axis> axis(ScalarExpr e) {
        return e instanceof ScalarExpr.Index i ? Optional.of(i.axis()) : Optional.empty();
    }

    /** A quotient or remainder of an axis, by a number that divides its length. */
    private static Optional<ScalarExpr.Apply> quotient(List<ScalarExpr> index) {
        List<ScalarExpr.Apply> found = new ArrayList<>();
        index.forEach(x -> ScalarExprs.visit(x, e -> {
            if (e instanceof ScalarExpr.Apply a
                    && (a.fn() == ScalarFn.FLOOR_DIV || a.fn() == ScalarFn.MOD)
                    && a.args().getLast() instanceof ScalarExpr.IntLiteral n
                    && n.value() > 1
                    && axis(a.args().getFirst())
                            .flatMap(axis -> axis.extent().dividedExactlyBy(Dim.of(n.value())))
                            .isPresent()) {
                found.add(a);
            }
        }));
        return found.stream().findFirst();
    }

    private static Optional<Part> part(LinearForm form, Set<Axis> backward) {
        Map<Axis, Dim> left = new LinkedHashMap<>();
        Dim first = form.constant();
        for (Map.Entry<ScalarExpr, Dim> term : form.terms().entrySet()) {
            Optional<Axis> axis = axis(term.getKey());
            if (axis.isEmpty()) {
                return Optional.empty();
            }
            Dim step = term.getValue();
            if (step.isKnown() && step.value() < 0) {
                backward.add(axis.get());
                first = first.plus(step.times(axis.get().extent().minus(Dim.ONE)));
                step = Dim.ZERO.minus(step);
            }
            left.put(axis.get(), step);
        }
        List<Step> inner = new ArrayList<>();
        Dim within = Dim.ONE;
        while (!left.isEmpty()) {
            Optional<Step> next = next(left, within);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            inner.add(next.get());
            left.remove(next.get().axis);
            within = next.get().whole();
        }
        return Optional.of(new Part(inner.reversed(), first));
    }

    /** The axis around some elements: the one that steps from their end on, or the one that steps least beyond it. */
    private static Optional<Step> next(Map<Axis, Dim> steps, Dim within) {
        List<Step> all = steps.entrySet().stream()
                .map(e -> new Step(e.getKey(), e.getValue()))
                .toList();
        return all.stream()
                .filter(s -> s.length.minus(within).isNonNegative())
                .filter(s -> all.stream()
                        .allMatch(other ->
                                other == s || other.length.minus(s.whole()).isNonNegative()))
                .findFirst();
    }

    /** Whether the index depends on an axis. */
    boolean reads(Axis axis) {
        return read.index().stream().anyMatch(x -> ScalarExprs.reads(x, axis));
    }

    /**
     * Adds the operations.
     *
     * @param gradient has an axis for each of {@code over}
     */
    Value add(Graph.Builder out, Value gradient, List<Axis> over, Origin origin) {
        List<Axis> axes = apart(over);
        List<Axis> own = parts.stream().flatMap(Part::axes).toList();
        Value at = axes.equals(over) ? gradient : reshaped(out, gradient, axes, origin);
        if (axes.stream().anyMatch(backward::contains)) {
            at = out.part(turned(axes), origin, at);
        }
        List<Integer> summed = IntStream.range(0, axes.size())
                .filter(n -> !own.contains(axes.get(n)) && !axes.get(n).extent().is(1))
                .boxed()
                .toList();
        if (!summed.isEmpty()) {
            at = out.part(new Reduce(Reduction.SUM, summed, false), origin, at);
        }
        List<Axis> left = axes.stream().filter(own::contains).toList();
        List<Integer> order = own.stream().map(left::indexOf).toList();
        if (!order.equals(IntStream.range(0, order.size()).boxed().toList())) {
            at = reshaped(out, at, left, origin);
            at = out.part(new Permute(order), origin, at);
        }
        at = spread(out, at, origin);
        Shape inner = new Shape(parts.stream().map(Part::length).toList());
        if (!at.type().shape().equals(inner)) {
            at = out.part(new Reshape(inner), origin, at);
        }
        boolean isWhole = read.tensor().shape().equals(inner) && parts.stream().allMatch(p -> p.first.isZero());
        return isWhole ? at : framed(out, at, inner, origin);
    }

    private List<Axis> apart(List<Axis> axes) {
        List<Axis> all = axes;
        for (Map.Entry<Axis, List<Axis>> e : split.entrySet()) {
            all = all.stream()
                    .flatMap(a -> a.equals(e.getKey()) ? e.getValue().stream() : Stream.of(a))
                    .toList();
        }
        return all;
    }

    private static Value reshaped(Graph.Builder out, Value value, List<Axis> axes, Origin origin) {
        Shape shape = new Shape(axes.stream().map(Axis::extent).toList());
        return value.type().shape().equals(shape) ? value : out.part(new Reshape(shape), origin, value);
    }

    /** Puts zeros between elements that are read at a stride. */
    private Value spread(Graph.Builder out, Value gradient, Origin origin) {
        Value at = gradient;
        List<Dim> before = new ArrayList<>();
        for (int n = 0; n < parts.size(); n++) {
            Part part = parts.get(n);
            Dim within = Dim.ONE;
            for (int s = part.steps.size() - 1; s >= 0; s--) {
                Step step = part.steps.get(s);
                if (!step.length.equals(within)) {
                    List<Dim> dims = new ArrayList<>(before);
                    part.steps.subList(0, s + 1).forEach(x -> dims.add(x.axis.extent()));
                    List<Dim> high = new ArrayList<>(Collections.nCopies(dims.size(), Dim.ZERO));
                    dims.add(within);
                    high.add(step.length.minus(within));
                    parts.subList(n + 1, parts.size()).stream()
                            .flatMap(Part::axes)
                            .forEach(axis -> dims.add(axis.extent()));
                    high.addAll(Collections.nCopies(dims.size() - high.size(), Dim.ZERO));
                    at = out.part(new Reshape(new Shape(dims)), origin, at);
                    at = out.part(new Pad(Collections.nCopies(dims.size(), Dim.ZERO), high, 0), origin, at);
                }
                within = step.whole();
            }
            before.add(part.length());
        }
        return at;
    }

    /** The elements along axes that are read from the end, last first. */
    private Slice turned(List<Axis> axes) {
        List<Dim> starts = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        for (Axis axis : axes) {
            boolean turns = backward.contains(axis);
            starts.add(turns ? axis.extent().minus(Dim.ONE) : Dim.ZERO);
            steps.add(turns ? -1L : 1L);
        }
        return new Slice(starts, axes.stream().map(Axis::extent).toList(), steps);
    }

    /**
     * Zeros where the read begins later or ends earlier than the tensor. Where it begins earlier or ends later, it was left out of what
     * was computed. Where lengths do not tell which, there are zeros enough around it, of which the right part is taken.
     */
    private Value framed(Graph.Builder out, Value gradient, Shape inner, Origin origin) {
        Shape whole = read.tensor().shape();
        List<Dim> low = new ArrayList<>();
        List<Dim> high = new ArrayList<>();
        List<Dim> starts = new ArrayList<>();
        for (int n = 0; n < parts.size(); n++) {
            Dim first = parts.get(n).first;
            Dim before = margin(first, whole.dim(n), inner.dim(n));
            low.add(before);
            high.add(margin(whole.dim(n).minus(first).minus(inner.dim(n)), whole.dim(n), inner.dim(n)));
            starts.add(before.minus(first));
        }
        Value at = gradient;
        if (!Stream.concat(low.stream(), high.stream()).allMatch(Dim::isZero)) {
            at = out.part(new Pad(low, high, 0), origin, at);
        }
        return at.type().shape().equals(whole)
                ? at
                : out.part(new Slice(starts, whole.dims(), Collections.nCopies(starts.size(), 1L)), origin, at);
    }

    /** Zeros that are put beside a gradient to get a margin that may be negative. */
    private static Dim margin(Dim margin, Dim whole, Dim inner) {
        if (margin.isNonNegative()) {
            return margin;
        }
        return Dim.ZERO.minus(margin).isNonNegative() ? Dim.ZERO : whole.plus(inner);
    }
}
