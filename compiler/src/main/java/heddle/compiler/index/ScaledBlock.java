package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Scales;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A block of whole numbers in a packed buffer, each of which is multiplied with a scale when it is loaded. Neighbours share scales:
 * {@code depth} of them along the axis that is summed over, {@code columns} along the other one. The scales of the block lie {@code
 * start + (k / depth) * step + column / columns}, also for the columns beyond the last one.
 *
 * @param held    where the numbers lie
 * @param start   of the scales of the block's columns, at {@code k} of zero
 * @param step    elements from one scale along {@code k} to the next
 * @param columns one where each column has other scales, a divisor of the block size otherwise
 */
public record ScaledBlock(BlockStrides held, Buffer scales, ScalarExpr start, Dim step, int depth, int columns) {
    /** The whole number in a program that is one times a scale, or the program itself. */
    public static ScalarExpr held(ScalarExpr program) {
        return parts(program).map(a -> a.args().getFirst()).orElse(program);
    }

    private static Optional<ScalarExpr.Apply> parts(ScalarExpr program) {
        return program instanceof ScalarExpr.Apply a
                        && a.fn() == ScalarFn.MUL
                        && a.args().getFirst() instanceof Element held
                        && held.buffer().stored().isQuantised()
                        && a.args().getLast() instanceof Element scales
                        && !scales.buffer().stored().isPacked()
                ? Optional.of(a)
                : Optional.empty();
    }

    /**
     * The block that a program reads; empty when it is not such a product, or its addresses have no strides.
     *
     * @param column the axis of the columns
     * @param k      the axis that is summed over
     * @param sizes  of blocks along both, each of which begins at a multiple of its size
     */
    public static Optional<ScaledBlock> of(ScalarExpr program, Axis column, Axis k, Map<Axis, Integer> sizes) {
        Optional<ScalarExpr.Apply> parts = parts(program);
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        Element scales = (Element) parts.get().args().getLast();
        int width = sizes.get(column);
        return BlockStrides.of(parts.get().args().getFirst(), sizes)
                .flatMap(held -> Stream.of(
                                new Sharing(Scales.BLOCK, 1),
                                new Sharing(1, Math.min(width, Scales.BLOCK)),
                                new Sharing(Scales.BLOCK, width),
                                new Sharing(1, width))
                        .filter(sharing -> width % sharing.columns == 0)
                        .flatMap(sharing -> of(held, scales, column, k, width, sharing).stream())
                        .findFirst());
    }

    /** How many neighbours have one scale. */
    private record Sharing(int depth, int columns) {}

    private static Optional<ScaledBlock> of(
            BlockStrides held, Element scales, Axis column, Axis k, int width, Sharing sharing) {
        int depth = sharing.depth;
        int columns = sharing.columns;
        Axis group = new Axis("group'" + k.name(), k.extent().ceilDiv(Dim.of(depth)));
        Axis inGroup = new Axis("within'" + k.name(), Dim.of(depth));
        Axis block = new Axis("block'" + column.name(), column.extent().ceilDiv(Dim.of(width)));
        Axis part = new Axis("part'" + column.name(), Dim.of(width / columns));
        Axis inPart = new Axis("within'" + column.name(), Dim.of(columns));
        Map<Axis, ScalarExpr> split = new HashMap<>();
        split.put(k, SplitIndex.of(group, depth, inGroup));
        split.put(column, SplitIndex.of(block, width, part, columns, inPart));
        LinearForm form = IndexSimplifier.form(ScalarExprs.substitute(scales.address(), split));
        boolean fits = form.isAffineIn(Set.of(group, inGroup, part, inPart))
                && (depth == 1 || form.coefficient(inGroup).isZero())
                && (columns == 1 || form.coefficient(inPart).isZero())
                && (columns == width || form.coefficient(part).is(1))
                && IndexSimplifier.isWithin(
                        form.toExpr(), scales.buffer().type().shape().size());
        if (!fits) {
            return Optional.empty();
        }
        ScalarExpr start =
                IndexSimplifier.simplify(ScalarExprs.substitute(scales.address(), Map.of(k, ScalarExpr.of(0))));
        return Optional.of(new ScaledBlock(held, scales.buffer(), start, form.coefficient(group), depth, columns));
    }
}
