package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Places in the leading axes of a tensor that the last axis of an index names, as numbers in row-major order.
 *
 * @param number of each place, i64, of the shape of the index without its last axis
 * @param size   how many places there are
 * @param slice  the lengths of the axes that are not named
 */
record NamedPlaces(Tensor number, Dim size, List<Dim> slice) {
    /** @param batch how many leading axes the tensor and the index have in common, which the index does not name */
    static NamedPlaces of(Arguments a, Tensor x, Tensor index, int batch) {
        int last = index.rank() - 1;
        if (last < 0 || !index.dim(last).isKnown() || batch + index.dim(last).value() > x.rank()) {
            throw a.mistakes()
                    .unfit(
                            "index",
                            FrontendCode.OPERATION,
                            "needs an index whose last axis names axes of " + x.type() + ", not " + index.type(),
                            "");
        }
        int named = (int) index.dim(last).value();
        List<Dim> dims = x.type().shape().dims();
        Maths m = a.maths();
        Tensor wide = m.cast(index, DType.I64);
        Tensor number = m.expand(
                m.number(0, DType.I64), new Shape(index.type().shape().dims().subList(0, last)));
        for (int axis = 0; axis < batch + named; axis++) {
            Tensor part = axis < batch
                    ? m.positions(dims.get(axis), axis, last)
                    : inside(m, m.dropAxis(m.slice(wide, last, Dim.of(axis - batch), Dim.ONE), last), dims.get(axis));
            number = axis == 0
                    ? m.add(number, part)
                    : m.add(m.multiply(number, m.length(dims.get(axis), DType.I64)), part);
        }
        Dim size = new Shape(dims.subList(0, batch + named)).size();
        return new NamedPlaces(number, size, List.copyOf(dims.subList(batch + named, dims.size())));
    }

    private static Tensor inside(Maths m, Tensor index, Dim length) {
        Tensor least = m.apply(ScalarFn.MIN, index, m.length(length.minus(1), DType.I64));
        return m.apply(ScalarFn.MAX, least, m.number(0, DType.I64));
    }

    /** The tensor with one axis for all places. */
    Shape flat() {
        List<Dim> dims = new ArrayList<>(List.of(size));
        dims.addAll(slice);
        return new Shape(dims);
    }
}
