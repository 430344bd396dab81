package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
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
 * @param parts   along an axis, between which there is another distance than the stride
 */
public record BlockStrides(Buffer buffer, ScalarExpr start, Map<Axis, Dim> strides, Optional<Parts> parts) {
    private static final int MOST_PARTS = 4;

    public BlockStrides {
        strides = Map.copyOf(strides);
    }

    /**
     * Equal parts of a block, such as the panels that its columns lie in.
     *
     * @param axis     that the parts follow one another along
     * @param length   indexes of a part
     * @param distance elements from one part to the next
     */
    public record Parts(Axis axis, int length, Dim distance) {}

    /**
     * The strides of {@code program} over blocks of {@code sizes}, each of which begins at a multiple of its size; empty
     * when it is computed rather than read, or has no strides. An axis of size one is not cut into blocks.
     */
    public static Optional<BlockStrides> of(ScalarExpr program, Map<Axis, Integer> sizes) {
        if (!(program instanceof ScalarExpr.Element element)) {
            return Optional.empty();
        }
        return strides(element.address(), sizes)
                .map(strides -> new BlockStrides(element.buffer(), element.address(), strides, Optional.empty()));
    }

    /**
     * The strides of {@code program} over blocks in which indexes of one axis lie in two or four parts. Empty when it is computed rather than
     * read, when those have no strides, or when the last block is shorter than the others.
     */
    public static Optional<BlockStrides> inParts(ScalarExpr program, Map<Axis, Integer> sizes, Axis parted) {
        int size = sizes.get(parted);
        boolean areWhole = parted.extent().isKnown() && parted.extent().value() % size == 0;
        if (!(program instanceof ScalarExpr.Element element) || !areWhole) {
            return Optional.empty();
        }
        for (int count = 2; count <= MOST_PARTS && size % count == 0; count *= 2) {
            int length = size / count;
            Axis block =
                    new Axis(parted.name() + "'block", Dim.of(parted.extent().value() / size));
            Axis part = new Axis(parted.name() + "'part", Dim.of(count));
            Axis within = new Axis(parted.name() + "'within", Dim.of(length));
            ScalarExpr index = SplitIndex.of(block, size, part, length, within);
            ScalarExpr address = ScalarExprs.substitute(element.address(), Map.of(parted, index));
            Map<Axis, Integer> others = new HashMap<>(sizes);
            others.remove(parted);
            others.put(part, 1);
            others.put(within, 1);
            Optional<Map<Axis, Dim>> found = strides(address, others);
            if (found.isPresent()) {
                Map<Axis, Dim> strides = new HashMap<>(found.get());
                Parts parts = new Parts(parted, length, strides.remove(part));
                strides.put(parted, strides.remove(within));
                return Optional.of(new BlockStrides(element.buffer(), element.address(), strides, Optional.of(parts)));
            }
        }
        return Optional.empty();
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
            split.put(axis, SplitIndex.of(block, size, inner));
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
