package heddle.compiler.frontend.function.window;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where windows lie along an axis: window number {@code o} has the elements {@code o * stride + k * dilation - low} for
 * {@code k} below its length.
 *
 * @param low  the margin that is put before the axis
 * @param high the margin behind it
 */
record Window(Dim length, long stride, long dilation, Dim low, Dim high) {
    /** How many windows an axis has room for. */
    Dim count(Dim axis) {
        Dim reach = length.minus(1).times(dilation).plus(1);
        return low.plus(axis).plus(high).minus(reach).floorDiv(Dim.of(stride)).plus(1);
    }

    private boolean isPadded() {
        return !low.isZero() || !high.isZero();
    }

    /**
     * The windows over the trailing axes, of which each becomes two: {@code [.., n] → [.., count, length]}.
     *
     * @param margin the value around the tensor
     */
    static Tensor over(Arguments a, Tensor x, List<Window> windows, double margin) {
        int first = x.rank() - windows.size();
        Tensor cut = padded(a, x, windows, first, margin);
        for (int i = windows.size() - 1; i >= 0; i--) {
            Window w = windows.get(i);
            cut = w.cut(a, cut, first + i, w.count(x.dim(first + i)));
        }
        return cut;
    }

    private static Tensor padded(Arguments a, Tensor x, List<Window> windows, int first, double margin) {
        if (windows.stream().noneMatch(Window::isPadded)) {
            return x;
        }
        List<Dim> low = new ArrayList<>(Collections.nCopies(first, Dim.ZERO));
        List<Dim> high = new ArrayList<>(low);
        windows.forEach(w -> {
            low.add(w.low());
            high.add(w.high());
        });
        return a.emitter().add(new Pad(low, high, margin), x);
    }

    private Tensor cut(Arguments a, Tensor x, int axis, Dim count) {
        Maths m = a.maths();
        Shape shape = x.type().shape();
        List<Dim> dims = new ArrayList<>(shape.dims());
        dims.set(axis, count);
        dims.add(axis + 1, length);
        if (length.is(1)) {
            return m.reshape(strided(a, x, axis, count), new Shape(dims));
        }
        if (dilation == 1 && length.is(stride)) {
            return m.reshape(m.slice(x, axis, Dim.ZERO, count.times(stride)), new Shape(dims));
        }
        return m.gather(x, index(m, count), axis);
    }

    private Tensor strided(Arguments a, Tensor x, int axis, Dim count) {
        Shape shape = x.type().shape().with(axis, count);
        if (stride == 1) {
            return x;
        }
        List<Long> steps = new ArrayList<>(Collections.nCopies(x.rank(), 1L));
        steps.set(axis, stride);
        return a.emitter().add(new Slice(Collections.nCopies(x.rank(), Dim.ZERO), shape.dims(), steps), x);
    }

    /** The elements of each window, counted from the beginning of the margin: {@code [count, length]}. */
    private Tensor index(Maths m, Dim count) {
        Tensor start = scaled(m, m.positions(count, 0, 2), stride);
        return m.add(start, scaled(m, m.positions(length, 1, 2), dilation));
    }

    private static Tensor scaled(Maths m, Tensor x, long factor) {
        return factor == 1 ? x : m.multiply(x, factor);
    }

    /** How many elements of each window are no margin: {@code [count]}. */
    Tensor inside(Arguments a, Dim axis, DType dtype) {
        Maths m = a.maths();
        Tensor ones = m.expand(m.number(1, dtype), Shape.of(axis));
        Tensor counted = over(a, ones, List.of(this), 0);
        return m.reduce(Reduction.SUM, counted, List.of(1), false);
    }
}
