/**
 * Shows that kernels read and write nothing outside their buffers. {@code AddressProof} goes through programs and kernels;
 * {@code Conditions} says what holds where an element is read, {@code LinearProof} that a sum of indexes is not negative.
 */
package heddle.compiler.tile.proof;
