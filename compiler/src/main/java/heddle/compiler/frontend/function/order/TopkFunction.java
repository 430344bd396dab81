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
import java.util.Optional;

/**
 * The greatest or smallest elements of an axis, in order.
 *
 * <p>Few of a long axis are looked for one after another, each among those that come after the one before. For many, each element counts
 * those that come before it, which says where it belongs; that takes work in the square of the axis, and no memory for it.
 */
public final class TopkFunction implements LanguageFunction {
    /** Up to so many are looked for one after another, however short the axis is. */
    private static final long FEW = 8;

    /** The most that are looked for one after another: each is two kernels. */
    private static final long MOST = 128;

    /** How many elements an axis has at least for each that is looked for, where these are more than a few. */
    private static final long LONG = 16;

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
        Tensor indices = isOneByOne(k, x.dim(axis)) ? order.oneByOne(keys, (int) k.value()) : order.byRank(keys, k);
        return new Sequence(List.of(a.emitter().add(new TakeAlong(axis), x, indices), indices));
    }

    private static boolean isOneByOne(Dim k, Dim length) {
        boolean isLong = !length.isKnown() || k.isKnown() && length.value() >= LONG * k.value();
        return k.isKnown() && k.value() > 0 && k.value() <= (isLong ? MOST : FEW);
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
            Tensor none = m.number(ScalarMath.neutral(extreme, keys.dtype()), keys.dtype());
            Tensor place = m.positions(keys.dim(axis), axis, keys.rank());
            Tensor rounded = m.rounded(keys);
            List<Tensor> found = new ArrayList<>();
            Tensor best = null;
            for (int i = 0; i < k; i++) {
                Optional<Tensor> left =
                        i == 0 ? Optional.empty() : Optional.of(after(rounded, best, place, found.getLast()));
                Tensor among = left.map(l -> m.select(l, keys, none)).orElse(keys);
                best = m.rounded(m.reduce(extreme, among, List.of(axis), true));
                Tensor isBest = m.apply(ScalarFn.EQ, rounded, best);
                Tensor candidate =
                        left.map(l -> m.apply(ScalarFn.AND, l, isBest)).orElse(isBest);
                found.add(ArgFunction.first(m, candidate, axis, true));
            }
            return m.concat(found, axis);
        }

        /** Whether an element comes after one that was found. */
        private Tensor after(Tensor keys, Tensor best, Tensor place, Tensor at) {
            Maths m = a.maths();
            Tensor isEqual = m.apply(ScalarFn.EQ, keys, best);
            Tensor isLater = m.apply(ScalarFn.AND, isEqual, m.apply(ScalarFn.GT, place, at));
            return m.apply(ScalarFn.OR, m.apply(largest ? ScalarFn.LT : ScalarFn.GT, keys, best), isLater);
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
