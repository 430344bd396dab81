package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * The smallest and the largest value of a part of a mask in each block, for masks that read data. For example, whether
 * a padding mask is true for some keys or for all, or the range of document numbers. An earlier kernel fills the table.
 *
 * @param part   a bool program, false below true, or an integer one
 * @param axes   the axes it varies along
 * @param blocks how many indexes of each an entry stands for; one for an axis that is not cut
 * @param buffer {@code [blocks of each axis.., 2]}: the least, the greatest
 */
public record BlockTable(ScalarExpr part, List<Axis> axes, List<Integer> blocks, Buffer buffer) {
    public BlockTable {
        axes = List.copyOf(axes);
        blocks = List.copyOf(blocks);
    }

    /** The table of a part, to be held in a buffer called {@code name}. @param block the block size of an axis */
    public static BlockTable of(ScalarExpr part, List<Axis> axes, ToIntFunction<Axis> block, String name) {
        List<Integer> blocks = axes.stream().map(block::applyAsInt).toList();
        List<Dim> dims = new ArrayList<>();
        for (int at = 0; at < axes.size(); at++) {
            dims.add(axes.get(at).extent().ceilDiv(Dim.of(blocks.get(at))));
        }
        dims.add(Dim.of(2));
        return new BlockTable(part, axes, blocks, new Buffer(name, new TensorType(part.type(), new Shape(dims))));
    }

    /** The values in the block at {@code ranges}, which lies within one entry. */
    Interval over(Map<Axis, BlockMask.Range> ranges) {
        List<ScalarExpr> entry = new ArrayList<>();
        for (int at = 0; at < axes.size(); at++) {
            BlockMask.Range range = ranges.get(axes.get(at));
            entry.add(
                    range == null
                            ? ScalarExpr.of(axes.get(at))
                            : ScalarExpr.apply(ScalarFn.FLOOR_DIV, range.first(), ScalarExpr.of(blocks.get(at))));
        }
        return new Interval(element(entry, 0), element(entry, 1));
    }

    private ScalarExpr element(List<ScalarExpr> entry, int which) {
        return new ScalarExpr.Element(buffer, address(entry, which));
    }

    /**
     * Where an entry lies.
     *
     * @param entry the numbers of its blocks
     * @param which 0 for the least value, 1 for the greatest
     */
    public ScalarExpr address(List<ScalarExpr> entry, int which) {
        List<ScalarExpr> index = new ArrayList<>(entry);
        index.add(ScalarExpr.of(which));
        return IndexSimplifier.address(buffer.type().shape(), index);
    }

    /** {@code padding_blocks of padding[b * N + j]}, as listings show it. */
    @Override
    public String toString() {
        return buffer + " of " + ScalarText.of(part);
    }
}
