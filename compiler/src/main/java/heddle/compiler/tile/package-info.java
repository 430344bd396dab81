/**
 * Tile programs and scalar expressions: what a kernel computes, without saying for which target.
 *
 * <p>A {@link ScalarExpr} says how to compute one element, and the address of an element. A {@link TileKernel} is a
 * program over tiles. A {@link BlockMask} decides which blocks a mask leaves empty or full.
 */
package heddle.compiler.tile;
