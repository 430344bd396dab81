package heddle.compiler.type;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The lengths of a tensor's axes, outermost first; no axes is a scalar. */
public record Shape(List<Dim> dims) {
    public static final Shape SCALAR = new Shape(List.of());

    public Shape {
        dims = List.copyOf(dims);
    }

    public static Shape of(Dim... dims) {
        return new Shape(List.of(dims));
    }

    public static Shape of(long... dims) {
        return new Shape(Arrays.stream(dims).mapToObj(Dim::of).toList());
    }

    public int rank() {
        return dims.size();
    }

    /** The length of an axis; negative axes count from the end. */
    public Dim dim(int axis) {
        return dims.get(axis < 0 ? axis + rank() : axis);
    }

    /** The number of elements. */
    public Dim size() {
        return dims.stream().reduce(Dim.ONE, Dim::times);
    }

    /** The number of elements under {@code bindings}. @throws IllegalStateException when a symbol is not bound */
    public long size(Map<String, Long> bindings) {
        double most = 1;
        long size = 1;
        for (Dim d : dims) {
            long length = d.evaluate(bindings);
            size *= length;
            most *= Math.max(1, Math.abs((double) length));
        }
        return most < 0x1p62 ? size : size().evaluate(bindings);
    }

    /**
     * Whether bytes and elements are counted in 64 bits, whatever order axes are multiplied in: symbols aside, and an axis
     * without elements counted as one of one.
     */
    public boolean isCountable() {
        return isCountable(Dim::magnitude);
    }

    /** The same for some lengths of symbols. @throws ArithmeticException when a length by itself passes 64 bits */
    public boolean isCountable(Map<String, Long> bindings) {
        return isCountable(d -> Math.abs((double) d.evaluate(bindings)));
    }

    private boolean isCountable(ToDoubleFunction<Dim> length) {
        double most = Long.BYTES;
        for (Dim d : dims) {
            most *= Math.max(1, length.applyAsDouble(d));
        }
        return most < 0x1p63;
    }

    /** Elements from one index to the next along each axis, in row-major order. */
    public List<Dim> strides() {
        Dim[] strides = new Dim[rank()];
        Dim step = Dim.ONE;
        for (int i = rank() - 1; i >= 0; i--) {
            strides[i] = step;
            step = step.times(dims.get(i));
        }
        return List.of(strides);
    }

    /** This shape with another length at an axis. */
    public Shape with(int axis, Dim dim) {
        List<Dim> d = new ArrayList<>(dims);
        d.set(axis < 0 ? axis + rank() : axis, dim);
        return new Shape(d);
    }

    /** This shape with symbols replaced. */
    public Shape bind(Map<String, Dim> bindings) {
        return new Shape(dims.stream().map(d -> d.bind(bindings)).toList());
    }

    /** The numbers under {@code bindings}. @throws IllegalStateException when a symbol is not bound */
    public long[] evaluate(Map<String, Long> bindings) {
        return dims.stream().mapToLong(d -> d.evaluate(bindings)).toArray();
    }

    public boolean isKnown() {
        return dims.stream().allMatch(Dim::isKnown);
    }

    @Override
    public String toString() {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
