package heddle.compiler.frontend.function.order;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.layout.ScatterAlong;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The greatest or smallest elements of an axis, in order.
 *
 * <p>Few are looked for one after another, each among those that are left. For many, each element counts those that come
 * before it, which says where it belongs; that takes work in the square of the axis, and no memory for it.
 */
public final class TopkFunction implements LanguageFunction {
    /** Up to so many are looked for one after another. */
    private static final long FEW = 8;

    @Override
    public Signature signature() {
        return Signature.of("topk", "x", "k").withDefault("axis", -1).withDefault("largest", true);
    }

    @Override
    public String summary() {
        return "the k greatest elements along the axis, or the smallest, in order, and their indices; of equal ones the first"
                + " comes first, and a NaN counts as inf";
    }

    @Override
    public String shapes() {
        return "[.., n, ..] → list of [.., k, ..] and i64[.., k, ..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.numbers("x", DType.I32);
        int axis = a.axis("axis", x.rank());
        Dim k = a.known("k").length();
        Dim more = k.minus(x.dim(axis));
        if (k.isKnown() && k.value() < 0 || more.isKnown() && more.value() > 0) {
            throw a.mistakes()
                    .wrongValue("k", "axis " + axis + " of " + x.type() + " has fewer than " + k + " elements");
        }
        Order order = new Order(a, axis, a.known("largest").truth());
        Tensor keys = order.keys(x);
        boolean few = k.isKnown() && k.value() > 0 && k.value() <= FEW;
        Tensor indices = few ? order.oneByOne(keys, (int) k.value()) : order.byRank(keys, k);
        return new Sequence(List.of(a.emitter().add(new TakeAlong(axis), x, indices), indices));
    }

    private record Order(Arguments a, int axis, boolean largest) {
        /** What is compared: numbers that differ from NaN. */
        Tensor keys(Tensor x) {
            Maths m = a.maths();
            return x.dtype().isFloat()
                    ? m.select(m.apply(ScalarFn.NE, x, x), m.number(Double.POSITIVE_INFINITY, x.dtype()), x)
                    : x;
        }

        Tensor oneByOne(Tensor keys, int k) {
            Maths m = a.maths();
            Reduction extreme = largest ? Reduction.MAX : Reduction.MIN;
            Tensor last = m.number(ScalarMath.neutral(extreme, keys.dtype()), keys.dtype());
            Tensor place = m.positions(keys.dim(axis), axis, keys.rank());
            List<Tensor> found = new ArrayList<>();
            Tensor left = null;
            for (int i = 0; i < k; i++) {
                Tensor among = left == null ? keys : m.select(left, keys, last);
                Tensor best = m.reduce(extreme, among, List.of(axis), true);
                Tensor isBest = m.apply(ScalarFn.EQ, m.rounded(keys), m.rounded(best));
                Tensor candidate = left == null ? isBest : m.apply(ScalarFn.AND, left, isBest);
                found.add(ArgFunction.first(m, candidate, axis, true));
                Tensor isOther = m.apply(ScalarFn.NE, place, found.getLast());
                left = left == null ? isOther : m.apply(ScalarFn.AND, left, isOther);
            }
            return m.concat(found, axis);
        }

        Tensor byRank(Tensor keys, Dim k) {
            Maths m = a.maths();
            Dim length = keys.dim(axis);
            int rank = keys.rank() + 1;
            Tensor own = m.insertAxis(keys, axis + 1);
            Tensor other = m.insertAxis(keys, axis);
            Tensor isBetter = m.apply(largest ? ScalarFn.GT : ScalarFn.LT, other, own);
            Tensor isEarlier =
                    m.apply(ScalarFn.LT, m.positions(length, axis + 1, rank), m.positions(length, axis, rank));
            Tensor isEqual = m.apply(ScalarFn.AND, m.apply(ScalarFn.EQ, other, own), isEarlier);
            Tensor isBefore = m.cast(m.apply(ScalarFn.OR, isBetter, isEqual), DType.I32);
            Tensor place = m.reduce(Reduction.SUM, isBefore, List.of(axis + 1), false);
            Shape shape = keys.type().shape();
            Tensor index = m.expand(m.positions(length, axis, keys.rank()), shape);
            // Each rank is there once, so nothing is added to anything but zero.
            Tensor sorted = a.emitter().add(new ScatterAlong(axis, length), index, place);
            return m.slice(sorted, axis, Dim.ZERO, k);
        }
    }
}
