package heddle.compiler.frontend.function.window;

import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import java.util.List;

/**
 * How an axis of another length takes its elements from a tensor. Where an element of the result lies in the tensor is a
 * quotient of integers, so that it is exact however long the axes are.
 */
record Sampling(Maths m, Mode mode, Coordinates coordinates, Rounding rounding) {
    enum Mode {
        NEAREST,
        LINEAR,
        /** Keys' cubic convolution with the coefficient -0.75. */
        CUBIC
    }

    /** Where element i of the result lies in the tensor. */
    enum Coordinates {
        /** {@code (i + 0.5) * from / to - 0.5}. */
        HALF_PIXEL,
        /** The same, and 0 where the result has one element. */
        PYTORCH_HALF_PIXEL,
        /** {@code i * from / to}. */
        ASYMMETRIC,
        /** {@code i * (from - 1) / (to - 1)}. */
        ALIGN_CORNERS
    }

    enum Rounding {
        ROUND_PREFER_FLOOR,
        ROUND_PREFER_CEIL,
        FLOOR,
        CEIL
    }

    private static final double CUBIC = -0.75;

    /** {@code numerator / denominator}, both i64. */
    private record Quotient(Tensor numerator, Tensor denominator) {}

    Tensor along(Tensor x, int axis, Dim size) {
        Quotient at = coordinate(x.dim(axis), size);
        if (mode == Mode.NEAREST) {
            return m.gather(x, nearest(at), axis);
        }
        Tensor before = m.apply(ScalarFn.FLOOR_DIV, at.numerator(), at.denominator());
        Tensor rest = m.apply(ScalarFn.MOD, at.numerator(), at.denominator());
        DType exact = Precision.computed(x.dtype());
        Tensor fraction = m.divide(m.cast(rest, exact), m.cast(at.denominator(), exact));
        Tensor t = m.along(m.cast(fraction, x.dtype()), axis, x.rank());
        List<Tensor> weights = mode == Mode.LINEAR ? List.of(remainder(t), t) : cubic(t);
        int first = mode == Mode.LINEAR ? 0 : -1;
        Tensor sum = null;
        for (int i = 0; i < weights.size(); i++) {
            // An index beyond an end takes the element at the end.
            Tensor element = m.gather(x, m.add(before, first + i), axis);
            Tensor part = m.multiply(element, weights.get(i));
            sum = sum == null ? part : m.add(sum, part);
        }
        return sum;
    }

    private Quotient coordinate(Dim from, Dim to) {
        Tensor i = m.positions(to, 0, 1);
        return switch (coordinates) {
            case ASYMMETRIC -> new Quotient(m.multiply(i, length(from)), length(to));
            case ALIGN_CORNERS ->
                new Quotient(
                        m.multiply(i, length(from.minus(1))), m.apply(ScalarFn.MAX, length(to.minus(1)), number(1)));
            case PYTORCH_HALF_PIXEL -> to.is(1) ? new Quotient(m.multiply(i, 0), number(1)) : halfPixel(i, from, to);
            case HALF_PIXEL -> halfPixel(i, from, to);
        };
    }

    private Quotient halfPixel(Tensor i, Dim from, Dim to) {
        Tensor middle = m.multiply(m.add(m.multiply(i, 2), 1), length(from));
        return new Quotient(m.subtract(middle, length(to)), length(to.times(2)));
    }

    private Tensor nearest(Quotient at) {
        Tensor twice = m.multiply(at.numerator(), 2);
        Tensor n = at.numerator();
        Tensor d = at.denominator();
        return switch (rounding) {
            case FLOOR -> m.apply(ScalarFn.FLOOR_DIV, n, d);
            case CEIL -> ceil(n, d);
            case ROUND_PREFER_FLOOR -> ceil(m.subtract(twice, d), m.multiply(d, 2));
            case ROUND_PREFER_CEIL -> m.apply(ScalarFn.FLOOR_DIV, m.add(twice, d), m.multiply(d, 2));
        };
    }

    private Tensor ceil(Tensor numerator, Tensor denominator) {
        Tensor opposite = m.apply(ScalarFn.FLOOR_DIV, m.apply(ScalarFn.NEG, numerator), denominator);
        return m.apply(ScalarFn.NEG, opposite);
    }

    private Tensor remainder(Tensor t) {
        return m.subtract(m.number(1, t.dtype()), t);
    }

    /** The weights of the four elements around a place that lies {@code t} behind the second. */
    private List<Tensor> cubic(Tensor t) {
        Tensor rest = remainder(t);
        return List.of(outer(t), inner(t), inner(rest), outer(rest));
    }

    /** {@code ((a + 2) * t - (a + 3)) * t * t + 1}. */
    private Tensor inner(Tensor t) {
        Tensor line = m.add(m.multiply(t, CUBIC + 2), -(CUBIC + 3));
        return m.add(m.multiply(line, m.square(t)), 1);
    }

    /** The same for an element that is {@code 1 + t} away: {@code a * t * (1 - t) * (1 - t)}. */
    private Tensor outer(Tensor t) {
        return m.multiply(m.multiply(t, m.square(remainder(t))), CUBIC);
    }

    private Tensor length(Dim dim) {
        return m.length(dim, DType.I64);
    }

    private Tensor number(long value) {
        return m.number(value, DType.I64);
    }
}
