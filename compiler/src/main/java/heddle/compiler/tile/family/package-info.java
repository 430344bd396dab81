/** The families of kernels. Each says what a kernel computes and writes its tile program. */
package heddle.compiler.tile.family;
