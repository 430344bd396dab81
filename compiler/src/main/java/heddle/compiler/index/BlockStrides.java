package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The addresses of the elements of a block: {@code start} plus a stride along each axis. A split head or a packed panel
 * has no stride along the whole axis, but it has one within each block that does not cross its border.
 *
 * @param start   the address of the block's first element, in terms of the axes
 * @param strides elements from one index to the next, of each axis of the block
 */
public record BlockStrides(Buffer buffer, ScalarExpr start, Map<Axis, Dim> strides) {
    public BlockStrides {
        strides = Map.copyOf(strides);
    }

    /**
     * The strides of {@code program} over blocks of {@code sizes}, each of which begins at a multiple of its size; empty
     * when it is computed rather than read, or has no strides. An axis of size one is not cut into blocks.
     */
    public static Optional<BlockStrides> of(ScalarExpr program, Map<Axis, Integer> sizes) {
        if (!(program instanceof ScalarExpr.Element element)) {
            return Optional.empty();
        }
        return strides(element.address(), sizes)
                .map(strides -> new BlockStrides(element.buffer(), element.address(), strides));
    }

    /** The strides of an address over blocks of {@code sizes}, or empty when it has none. */
    public static Optional<Map<Axis, Dim>> strides(ScalarExpr address, Map<Axis, Integer> sizes) {
        Map<Axis, ScalarExpr> split = new HashMap<>();
        Map<Axis, Axis> within = new LinkedHashMap<>();
        sizes.forEach((axis, size) -> {
            if (size == 1) {
                within.put(axis, axis);
                return;
            }
            Axis block = new Axis(axis.name() + "'block", axis.extent().ceilDiv(Dim.of(size)));
            Axis inner = new Axis(axis.name() + "'within", Dim.of(size));
            within.put(axis, inner);
            split.put(
                    axis,
                    ScalarExpr.apply(
                            ScalarFn.ADD,
                            ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(block), ScalarExpr.of(size)),
                            ScalarExpr.of(inner)));
        });
        LinearForm form = IndexSimplifier.form(ScalarExprs.substitute(address, split));
        if (!form.isAffineIn(Set.copyOf(within.values()))) {
            return Optional.empty();
        }
        Map<Axis, Dim> strides = new HashMap<>();
        within.forEach((axis, inner) -> strides.put(axis, form.coefficient(inner)));
        return Optional.of(strides);
    }

    public Dim along(Axis axis) {
        return strides.get(axis);
    }
}
