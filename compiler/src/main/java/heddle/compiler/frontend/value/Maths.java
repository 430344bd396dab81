package heddle.compiler.frontend.value;

import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Length;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The mathematics that functions of the language are built from, as graph operations. */
public final class Maths {
    private final Emitter emitter;

    public Maths(Emitter emitter) {
        this.emitter = emitter;
    }

    public Tensor apply(ScalarFn fn, Tensor... operands) {
        return emitter.add(new Elementwise(fn), operands);
    }

    public Tensor add(Tensor a, Tensor b) {
        return apply(ScalarFn.ADD, a, b);
    }

    public Tensor add(Tensor a, double b) {
        return add(a, number(b, a.dtype()));
    }

    public Tensor subtract(Tensor a, Tensor b) {
        return apply(ScalarFn.SUB, a, b);
    }

    public Tensor multiply(Tensor a, Tensor b) {
        return apply(ScalarFn.MUL, a, b);
    }

    public Tensor multiply(Tensor a, double b) {
        return multiply(a, number(b, a.dtype()));
    }

    public Tensor divide(Tensor a, Tensor b) {
        return apply(ScalarFn.DIV, a, b);
    }

    public Tensor square(Tensor x) {
        return multiply(x, x);
    }

    /** A scalar. */
    public Tensor number(double value, DType dtype) {
        return emitter.add(Constant.scalar(dtype, value));
    }

    /** A length as a scalar. */
    public Tensor length(Dim dim, DType dtype) {
        return dim.isKnown() ? number((double) dim.value(), dtype) : emitter.add(new Length(dim, dtype));
    }

    public Tensor cast(Tensor x, DType dtype) {
        return x.dtype() == dtype ? x : emitter.add(new Cast(dtype), x);
    }

    /**
     * A tensor as it is when it is stored: floats of sixteen bits, which kernels compute in more, are rounded. What is compared for
     * being equal has to be, since one of the two may be stored and the other not.
     */
    public Tensor rounded(Tensor x) {
        return cast(cast(x, Precision.computed(x.dtype())), x.dtype());
    }

    public Tensor reduce(Reduction kind, Tensor x, List<Integer> axes, boolean keepDims) {
        return emitter.add(new Reduce(kind, axes, keepDims), x);
    }

    public Tensor sum(Tensor x, int axis) {
        return reduce(Reduction.SUM, x, List.of(axis), true);
    }

    /** The sum over the axes divided by the number of elements that were added. */
    public Tensor mean(Tensor x, List<Integer> axes, boolean keepDims) {
        Dim count = axes.stream().map(x::dim).reduce(Dim.ONE, Dim::times);
        return divide(reduce(Reduction.SUM, x, axes, keepDims), length(count, x.dtype()));
    }

    public Tensor mean(Tensor x, int axis) {
        return mean(x, List.of(axis), true);
    }

    public Tensor reshape(Tensor x, Shape shape) {
        return x.type().shape().equals(shape) ? x : emitter.add(new Reshape(shape), x);
    }

    public Tensor expand(Tensor x, Shape shape) {
        return x.type().shape().equals(shape) ? x : emitter.add(new Expand(shape), x);
    }

    public Tensor permute(Tensor x, List<Integer> order) {
        boolean same = IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
        return same ? x : emitter.add(new Permute(order), x);
    }

    /** Swaps two axes. */
    public Tensor swap(Tensor x, int a, int b) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
        Collections.swap(order, a, b);
        return permute(x, order);
    }

    /** Inserts an axis of length one. */
    public Tensor insertAxis(Tensor x, int axis) {
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        dims.add(axis, Dim.ONE);
        return reshape(x, new Shape(dims));
    }

    /** Removes an axis of length one. */
    public Tensor dropAxis(Tensor x, int axis) {
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        dims.remove(axis);
        return reshape(x, new Shape(dims));
    }

    /** {@code length} elements of an axis from {@code start} on. */
    public Tensor slice(Tensor x, int axis, Dim start, Dim length) {
        boolean whole = start.isZero() && length.equals(x.dim(axis));
        return whole ? x : emitter.add(Slice.along(x.type().shape(), axis, start, length), x);
    }

    /** {@code a} where the condition holds, {@code b} elsewhere. */
    public Tensor select(Tensor condition, Tensor a, Tensor b) {
        return apply(ScalarFn.SELECT, condition, a, b);
    }

    /** The numbers 0, 1, … along one axis; the others have length one, so that it broadcasts along that axis. */
    public Tensor positions(Dim length, int axis, int rank) {
        return along(emitter.add(new Iota(length)), axis, rank);
    }

    /** A vector along one axis of {@code rank}; the others have length one. */
    public Tensor along(Tensor vector, int axis, int rank) {
        List<Dim> dims = new ArrayList<>(Collections.nCopies(rank, Dim.ONE));
        dims.set(axis, vector.dim(0));
        return reshape(vector, new Shape(dims));
    }

    /** The slices of an axis that {@code index} names. */
    public Tensor gather(Tensor x, Tensor index, int axis) {
        return emitter.add(new Gather(axis), x, index);
    }

    public Tensor concat(List<Tensor> parts, int axis) {
        return parts.size() == 1 ? parts.getFirst() : emitter.add(new Concat(axis), parts);
    }
}
