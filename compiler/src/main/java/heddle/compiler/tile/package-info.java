/** Tile programs: what a kernel computes, without saying for which target. A {@link TileKernel} is a program over tiles. */
package heddle.compiler.tile;
