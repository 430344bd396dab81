package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.op.Reduce;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The exponents of a written-out softmax, taken apart into masks, shift and the rest. Two equal ones give the same
 * numbers, except in rows that are masked entirely. There a softmax is zero, however it is written.
 *
 * <pre>
 * where(m, x, -inf) - c, where(m, where(m, x, -inf) - c, -inf)        x, masked by m, less c
 * </pre>
 *
 * @param x     what is left without masks and shift
 * @param masks the masks on it
 * @param shift the value that is subtracted from it
 */
record Exponents(Place x, Set<Mask> masks, Optional<Place> shift) {
    /**
     * A mask that makes minus infinity of what it hides.
     *
     * @param kept whether it keeps what it is true for, or hides it
     */
    record Mask(Place condition, boolean kept) {}

    static Exponents of(Graph graph, Place y) {
        Place difference = withoutSecondMask(graph, y);
        boolean shifted = difference.is(ScalarFn.SUB);
        List<Mask> masks = new ArrayList<>();
        Place x = unmasked(graph, shifted ? difference.operand(graph, 0) : y, masks);
        return new Exponents(
                x,
                Set.copyOf(masks),
                shifted ? Optional.of(shift(graph, difference.operand(graph, 1))) : Optional.empty());
    }

    /** The difference in {@code where(m, where(m, x, -inf) - c, -inf)}. Equal except in fully masked rows. */
    static Place withoutSecondMask(Graph graph, Place y) {
        List<Mask> outer = new ArrayList<>();
        Place difference = unmasked(graph, y, outer);
        List<Mask> inner = new ArrayList<>();
        if (difference.is(ScalarFn.SUB)) {
            unmasked(graph, difference.operand(graph, 0), inner);
        }
        return !outer.isEmpty() && inner.containsAll(outer) ? difference : y;
    }

    /** The value without its masks, which are added to {@code masks}. */
    private static Place unmasked(Graph graph, Place y, List<Mask> masks) {
        Place at = y;
        for (int hidden = hiddenSlot(graph, at); hidden > 0; hidden = hiddenSlot(graph, at)) {
            masks.add(new Mask(at.operand(graph, 0), hidden == 2));
            at = at.operand(graph, 3 - hidden);
        }
        return at;
    }

    /** The operand of a selection that is minus infinity, or zero when there is none. */
    static int hiddenSlot(Graph graph, Place at) {
        for (int slot = 1; at.is(ScalarFn.SELECT) && slot <= 2; slot++) {
            if (at.operand(graph, slot).behindViews(graph).is(Double.NEGATIVE_INFINITY)) {
                return slot;
            }
        }
        return 0;
    }

    /** The maximum m of {@code where(m == -inf, 0, m)}, which guards rows that are masked throughout; else what is read. */
    static Place shift(Graph graph, Place read) {
        Place shift = read.behindViews(graph);
        return shift.guarded(graph, Double.NEGATIVE_INFINITY)
                .filter(guard -> guard.kept().node().op() instanceof Reduce r && r.kind() == Reduction.MAX)
                .filter(guard -> guard.other().number().filter(Double::isFinite).isPresent())
                .map(Place.Guarded::kept)
                .orElse(shift);
    }
}
