package heddle.compiler.tile;

import heddle.compiler.type.DType;

/**
 * What is known about a mask over a block of indices, as programs of the block's corners. Any target can evaluate them
 * at run time without reading the mask's elements.
 *
 * <pre>
 * j <= i over i in [i0, i1], j in [j0, j1]:   everywhere  j1 <= i0     somewhere  j0 <= i1
 * </pre>
 *
 * <p>{@link LoopMask#over} finds the programs by interval arithmetic. A block is empty when the mask is not true {@code
 * somewhere}, full when it is true {@code everywhere}, and partial otherwise. It is also partial when nothing is known,
 * because the mask reads data that no {@link BlockTable} summarises.
 *
 * @param everywhere when true, the mask is true at every index of the block
 * @param somewhere  when false, the mask is false at every index of the block
 */
public record BlockMask(ScalarExpr everywhere, ScalarExpr somewhere) {
    /** Both ends of a block along an axis, which are in it. */
    public record Range(ScalarExpr first, ScalarExpr last) {}

    static BlockMask of(Interval truth) {
        return new BlockMask(truth.low(), truth.high());
    }

    /** Whether anything can be told about blocks. */
    public boolean isKnown() {
        return !everywhere.equals(FALSE) || !somewhere.equals(TRUE);
    }

    static final ScalarExpr TRUE = new ScalarExpr.Literal(DType.BOOL, 1);
    static final ScalarExpr FALSE = new ScalarExpr.Literal(DType.BOOL, 0);
}
