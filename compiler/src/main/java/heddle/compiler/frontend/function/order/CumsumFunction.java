package heddle.compiler.frontend.function.order;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Sums up to each element.
 *
 * <p>A long axis is cut into blocks: each element sums over its block, and adds the blocks before its own. So the work grows
 * with the length times that of a block, and all elements of a block are computed at the same time.
 */
public final class CumsumFunction implements LanguageFunction {
    /** Longer axes are cut. */
    private static final long LONGEST = 64;

    /** Into blocks of so many elements: a vector, as a rule. */
    private static final long BLOCK = 16;

    /** The same where the length is a symbol. Such an axis is cut once: what is left is summed over as a whole for each block. */
    private static final long LARGE_BLOCK = 128;

    @Override
    public Signature signature() {
        return Signature.of("cumsum", "x")
                .withDefault("axis", -1)
                .withDefault("exclusive", false)
                .withDefault("reverse", false);
    }

    @Override
    public String summary() {
        return "the sum of the elements up to each along the axis; exclusive leaves out the element itself, reverse sums"
                + " from the end";
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.numbers("x", DType.I64);
        boolean exclusive = a.known("exclusive").truth();
        ScalarFn counts = a.known("reverse").truth()
                ? exclusive ? ScalarFn.GT : ScalarFn.GE
                : exclusive ? ScalarFn.LT : ScalarFn.LE;
        return new Sums(a).along(x, a.axis("axis", x.rank()), counts);
    }

    private record Sums(Arguments a) {
        /** @param counts which positions beside its own an element sums over */
        Tensor along(Tensor x, int axis, ScalarFn counts) {
            Dim length = x.dim(axis);
            return length.isKnown() && length.value() <= LONGEST ? inRow(x, axis, counts) : inBlocks(x, axis, counts);
        }

        private Tensor inBlocks(Tensor x, int axis, ScalarFn counts) {
            Maths m = a.maths();
            Dim length = x.dim(axis);
            long block = length.isKnown() ? BLOCK : LARGE_BLOCK;
            Dim count = length.ceilDiv(Dim.of(block));
            Shape padded = x.type().shape().with(axis, count.times(block));
            List<Dim> cut = new ArrayList<>(padded.dims());
            cut.set(axis, count);
            cut.add(axis + 1, Dim.of(block));
            Tensor blocks = m.reshape(pad(x, axis, padded.dim(axis).minus(length)), new Shape(cut));
            Tensor inside = inRow(blocks, axis + 1, counts);
            Tensor wholes = m.reduce(Reduction.SUM, blocks, List.of(axis + 1), false);
            ScalarFn others = counts == ScalarFn.LE || counts == ScalarFn.LT ? ScalarFn.LT : ScalarFn.GT;
            Tensor outside = length.isKnown() ? along(wholes, axis, others) : inRow(wholes, axis, others);
            Tensor sums = m.add(inside, m.insertAxis(outside, axis + 1));
            return m.slice(m.reshape(sums, padded), axis, Dim.ZERO, length);
        }

        private Tensor pad(Tensor x, int axis, Dim margin) {
            List<Dim> none = Collections.nCopies(x.rank(), Dim.ZERO);
            List<Dim> high = new ArrayList<>(none);
            high.set(axis, margin);
            return margin.isZero() ? x : a.emitter().add(new Pad(none, high, 0), x);
        }

        /** Each element sums over all of its row that count. */
        private Tensor inRow(Tensor x, int axis, ScalarFn counts) {
            Maths m = a.maths();
            int rank = x.rank() + 1;
            Tensor own = m.positions(x.dim(axis), axis, rank);
            Tensor other = m.positions(x.dim(axis), axis + 1, rank);
            Tensor counted = m.select(m.apply(counts, other, own), m.insertAxis(x, axis), m.number(0, x.dtype()));
            return m.reduce(Reduction.SUM, counted, List.of(axis + 1), false);
        }
    }
}
