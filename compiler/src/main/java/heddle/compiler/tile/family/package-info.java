/**
 * The families of kernels. Each says what a kernel computes and writes its tile program. The family of an operation that has
 * a definition of its own holds that definition.
 */
package heddle.compiler.tile.family;
