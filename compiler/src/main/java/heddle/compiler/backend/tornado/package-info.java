/**
 * Writes plans as Java for TornadoVM: kernels over {@code KernelContext} and the host class that schedules them.
 *
 * <p>{@code TornadoWriter} is the way in. A {@code DeviceKernel} says what one thread of a group does: an element of a map
 * ({@code MapKernel}), its part of a row ({@code RowKernel}), a register sub-tile of a block ({@code BlockKernel}). {@code
 * HostClass} writes the rest of the file: arrays, task graphs, grids.
 */
package heddle.compiler.backend.tornado;
