package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.StopGradient;
import heddle.compiler.rule.ElementReference;
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
public record Exponents(ElementReference x, Set<Mask> masks, Optional<ElementReference> shift) {
    /**
     * A mask that makes minus infinity of what it hides.
     *
     * @param kept whether it keeps what it is true for, or hides it
     */
    record Mask(ElementReference condition, boolean kept) {}

    static Exponents of(Graph graph, ElementReference y) {
        ElementReference difference = withoutSecondMask(graph, y);
        boolean shifted = difference.is(ScalarFn.SUB);
        List<Mask> masks = new ArrayList<>();
        ElementReference x = unmasked(graph, shifted ? difference.operand(graph, 0) : y, masks);
        return new Exponents(
                x,
                Set.copyOf(masks),
                shifted ? Optional.of(shift(graph, difference.operand(graph, 1))) : Optional.empty());
    }

    /** The difference in {@code where(m, where(m, x, -inf) - c, -inf)}. Equal except in fully masked rows. */
    public static ElementReference withoutSecondMask(Graph graph, ElementReference y) {
        List<Mask> outer = new ArrayList<>();
        ElementReference difference = unmasked(graph, y, outer);
        List<Mask> inner = new ArrayList<>();
        if (difference.is(ScalarFn.SUB)) {
            unmasked(graph, difference.operand(graph, 0), inner);
        }
        return !outer.isEmpty() && inner.containsAll(outer) ? difference : y;
    }

    /** The value without its masks, which are added to {@code masks}. */
    private static ElementReference unmasked(Graph graph, ElementReference y, List<Mask> masks) {
        ElementReference at = y;
        for (int hidden = at.hiddenSlot(graph); hidden > 0; hidden = at.hiddenSlot(graph)) {
            masks.add(new Mask(at.operand(graph, 0), hidden == 2));
            at = at.operand(graph, 3 - hidden);
        }
        return at;
    }

    /**
     * The maximum m of {@code where(m == -inf, 0, m)}, which guards rows that are masked throughout; else what is read. A shift
     * changes nothing, so it does not matter whether gradients pass it.
     */
    public static ElementReference shift(Graph graph, ElementReference read) {
        ElementReference shift = behindStops(graph, read);
        return shift.guarded(graph, Double.NEGATIVE_INFINITY)
                .filter(guard -> Reduce.is(guard.kept().node(), Reduction.MAX))
                .filter(guard -> guard.other().number().filter(Double::isFinite).isPresent())
                .map(ElementReference.Guarded::kept)
                .orElse(shift);
    }

    private static ElementReference behindStops(Graph graph, ElementReference read) {
        ElementReference at = read.behindViews(graph);
        while (at.node().op() instanceof StopGradient) {
            at = at.operand(graph, 0).behindViews(graph);
        }
        return at;
    }
}
