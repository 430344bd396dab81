/** Tensors on the heap, and the {@code .npy} format. */
package heddle.runtime.tensor;
