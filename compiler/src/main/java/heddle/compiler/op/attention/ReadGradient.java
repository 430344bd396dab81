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
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Brings a gradient for each index of some axes to the tensor that was read there: sums over the axes that the index does not read, and
 * arranges the rest as the tensor is.
 *
 * @param read  how the tensor is read
 * @param parts the axes that each index is made of, outermost first
 */
record ReadGradient(ScalarExpr.Read read, List<Part> parts) {
    /**
     * One index of a read.
     *
     * @param axes  that it is made of, outermost first, each as if all were one
     * @param first where it begins
     */
    private record Part(List<Axis> axes, Dim first) {
        Dim length() {
            return axes.stream().map(Axis::extent).reduce(Dim.ONE, Dim::times);
        }
    }

    /** Empty for a table, which is read at indexes that are computed. */
    static Optional<ReadGradient> of(ScalarExpr.Read read) {
        List<Part> parts = new ArrayList<>();
        for (ScalarExpr x : read.index()) {
            Optional<Part> part = part(IndexSimplifier.form(x));
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(part.get());
        }
        List<Axis> all = parts.stream().flatMap(p -> p.axes.stream()).toList();
        return all.stream().distinct().count() == all.size()
                ? Optional.of(new ReadGradient(read, parts))
                : Optional.empty();
    }

    private static Optional<Part> part(LinearForm form) {
        Map<Axis, Dim> left = new HashMap<>();
        for (Map.Entry<ScalarExpr, Dim> term : form.terms().entrySet()) {
            if (!(term.getKey() instanceof ScalarExpr.Index i)) {
                return Optional.empty();
            }
            left.put(i.axis(), term.getValue());
        }
        List<Axis> inner = new ArrayList<>();
        Dim step = Dim.ONE;
        while (!left.isEmpty()) {
            Dim next = step;
            Optional<Axis> axis =
                    left.keySet().stream().filter(a -> left.get(a).equals(next)).findFirst();
            if (axis.isEmpty()) {
                return Optional.empty();
            }
            inner.add(axis.get());
            left.remove(axis.get());
            step = step.times(axis.get().extent());
        }
        return Optional.of(new Part(inner.reversed(), form.constant()));
    }

    /** The axes that the index reads. */
    List<Axis> axes() {
        return parts.stream().flatMap(p -> p.axes.stream()).toList();
    }

    /**
     * Adds the operations.
     *
     * @param gradient has an axis for each of {@code axes}
     */
    Value add(Graph.Builder out, Value gradient, List<Axis> axes, Origin origin) {
        List<Axis> own = axes();
        List<Integer> summed = IntStream.range(0, axes.size())
                .filter(n -> !own.contains(axes.get(n)))
                .boxed()
                .toList();
        Value at = gradient;
        if (!summed.isEmpty()) {
            at = out.part(new Reduce(Reduction.SUM, summed, false), origin, at);
        }
        List<Axis> left = axes.stream().filter(own::contains).toList();
        List<Integer> order = own.stream().map(left::indexOf).toList();
        if (!order.equals(IntStream.range(0, order.size()).boxed().toList())) {
            at = out.part(new Permute(order), origin, at);
        }
        Shape inner = new Shape(parts.stream().map(Part::length).toList());
        if (!at.type().shape().equals(inner)) {
            at = out.part(new Reshape(inner), origin, at);
        }
        Shape whole = read.tensor().shape();
        if (!whole.equals(inner)) {
            List<Dim> low = parts.stream().map(Part::first).toList();
            List<Dim> high = new ArrayList<>();
            for (int n = 0; n < parts.size(); n++) {
                high.add(whole.dim(n).minus(low.get(n)).minus(inner.dim(n)));
            }
            at = out.part(new Pad(low, high, 0), origin, at);
        }
        return at;
    }
}
