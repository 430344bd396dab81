package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Map;

/**
 * What is known about a mask over a block of indices, as programs of the block's corners. Any target can evaluate them
 * at run time without reading the mask's elements.
 *
 * <pre>
 * j <= i over i in [i0, i1], j in [j0, j1]:   everywhere  j1 <= i0     somewhere  j0 <= i1
 * </pre>
 *
 * <p>Interval arithmetic finds the programs. A block is empty when the mask is not true {@code
 * somewhere}, full when it is true {@code everywhere}, and partial otherwise. It is also partial when nothing is known,
 * because the mask reads data that no {@link BlockTable} summarises.
 *
 * @param everywhere when true, the mask is true at every index of the block
 * @param somewhere  when false, the mask is false at every index of the block
 */
public record BlockMask(ScalarExpr everywhere, ScalarExpr somewhere) {
    /** Both ends of a block along an axis, which are in it. */
    public record Range(ScalarExpr first, ScalarExpr last) {}

    /**
     * Derives what is known about a block from indexes, elements that are constant in it, and tables.
     *
     * @param mask   a bool program
     * @param ranges the axes that the block spans; any other axis has one index in it
     * @param tables of parts of the program that read memory
     */
    public static BlockMask of(ScalarExpr mask, Map<Axis, Range> ranges, List<BlockTable> tables) {
        return of(new IntervalAnalysis(ranges, tables).truth(mask));
    }

    /** The same from indexes alone: an element of memory may be anything. */
    public static BlockMask ofIndexes(ScalarExpr mask, Map<Axis, Range> ranges) {
        return of(new IntervalAnalysis(ranges).truth(mask));
    }

    private static BlockMask of(Interval truth) {
        return new BlockMask(truth.low(), truth.high());
    }

    /** Whether anything can be told about blocks. */
    public boolean isKnown() {
        return !everywhere.equals(FALSE) || !somewhere.equals(TRUE);
    }

    /** The mask that is always true. */
    public static final ScalarExpr TRUE = new ScalarExpr.Literal(DType.BOOL, 1);

    static final ScalarExpr FALSE = new ScalarExpr.Literal(DType.BOOL, 0);
}
