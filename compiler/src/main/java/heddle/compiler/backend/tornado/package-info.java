/**
 * Writes kernels as Java for TornadoVM: each is a static method over {@code KernelContext}, which says what one thread of a group
 * does. {@code DevicePolicy} makes their schedules, {@code ThreadCode} prints the actions of a scheduled kernel. The rest of the file,
 * arrays, task graphs and grids, is in the package {@code host}.
 */
package heddle.compiler.backend.tornado;
